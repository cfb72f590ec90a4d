"""Tool results, records, tables and logs, with and without persons (written register)."""
from .chance import maybe, number, one, pick, shuffled, some, weighted
from .dates import timestamp
from .slots import value
from .style import Style, WRITTEN

STYLE = Style(WRITTEN)

# slot -> the keys under which systems keep it
IDENTIFYING = {
    'full': 'name full_name patient_name patient provider member_name caller pcp contact displayName subscriber guarantor provider_name attending ordering_provider emergency_contact '
            'assigned_to agent technician requested_by author spouse next_of_kin clinician callerName',
    'first': 'first_name firstName given fname preferred_name nickname givenName', 'last': 'last_name lastName family lname surname familyName maiden_name',
    'dob': 'dob date_of_birth birthDate birth_date DOB dateOfBirth patient_dob birthday',
    'phone': 'phone phone_number mobile tel home_phone cell callback from to caller_id phoneNumber contact_number ani', 'fax': 'fax fax_number pharmacy_fax referral_fax',
    'email': 'email email_address contact_email mail login_email', 'ssn': 'ssn social_security SSN social', 'ssn4': 'ssn_last4 last4_ssn ssn4',
    'mrn': 'mrn patient_id chart_no medical_record_number patientId MRN chart_id pid chartNumber record_no',
    'plan': 'member_id memberId subscriber_id policy_number insurance_id mbi medicaid_id medicare_id policy memberNumber beneficiary_id',
    'group': 'group_number group grp groupId group_no', 'account': 'account account_number acct_no billing_account accountId guarantor_account',
    'invoice': 'invoice invoice_id statement_no invoice_number bill_no', 'claim': 'claim_id claim claimNumber claim_no icn', 'card': 'card_number card pan',
    'npi': 'npi provider_npi rendering_npi NPI', 'dea': 'dea dea_number', 'dl': 'drivers_license license_no dl_number state_id', 'plate': 'plate license_plate tag vehicle_plate',
    'vin': 'vin VIN', 'serial': 'serial device_serial sn implant_serial serial_number device_id deviceSerial', 'imei': 'imei', 'mac': 'mac mac_address hw_addr',
    'udi': 'udi', 'url': 'url link portal_url join_url recording_url href website', 'ip': 'ip ip_address client_ip remote_addr source_ip host',
    'bio': 'voiceprint_id fingerprint_ref biometric_id voiceprint face_template_id iris_ref', 'rx': 'rx_number rx prescription_number rxNumber prescription_id',
    'other': 'confirmation case_id ticket order_id appointment_id auth_number referral_id employee_id request_id encounter_id visit_id confirmation_code confirmationNumber call_sid '
             'session_id specimen_id accession_number study_id reference tracking_number', 'user': 'username user login handle portal_user',
    'date': 'date appointment_date visit_date admit_date discharge_date service_date last_visit start next_appt created dos collected due_date last_refill date_of_service '
            'admission_date procedure_date',
    'facility': 'facility location clinic hospital pharmacy site practice service_location pharmacy_name school referring_facility',
    'street': 'street line1 address_line1 address1 street_address', 'city': 'city town', 'zip': 'zip postal_code zip_code postalCode',
    'address': 'address home_address mailing_address addr full_address', 'age90': 'age patient_age', 'county': 'county',
}
WEIGHTS = {'full': 14, 'first': 6, 'last': 6, 'dob': 9, 'phone': 6, 'date': 8, 'facility': 7, 'other': 8, 'mrn': 7, 'plan': 6, 'city': 4, 'address': 4, 'account': 4, 'claim': 4,
           'serial': 3, 'bio': 3, 'email': 3, 'street': 2.5, 'zip': 2.5, 'ssn': 2, 'age90': 1.5}
# keys of things; each with what its value looks like
PLAIN = {
    'status': 'active booked pending ok denied final ready open closed shipped', 'gender': 'F M female male', 'type': 'follow_up new phone telehealth in_person annual', 'language': 'en es vi English Spanish',
    'refills': '0 1 2 3', 'age': '{age}', 'copay': '{n:5-90}', 'state': '{stateabbr}', 'plan': '{planname}', 'payer': '{planname}', 'dose': '{dose}', 'drug': '{drug}', 'medication': '{drug} {dose}',
    'bp': '{bp}', 'time': '{clock}', 'duration_min': '15 20 30 45 60', 'count': '{n:0-40}', 'code': '{code}', 'units': 'mg mL tablets', 'verified': 'true false', 'reason': '{condition}',
    'diagnosis': '{condition}', 'icd10': '{icd}', 'cpt': '{cpt}', 'loinc': '{loinc}', 'ndc': '{ndc}', 'test': '{lab}', 'value': '{reading}', 'result': '{reading}', 'range': '{n:1-50}-{n:51-200}',
    'unit': 'mg/dL mmol/L % g/dL', 'flag': 'H L N', 'balance': '{n:0-4000}.{n:10-99}', 'amount': '{n:1-9000}', 'deductible': '{n:250-9000}', 'oop_max': '{n:1000-12000}', 'qty': '{n:1-180}',
    'days_supply': '{n:7-90}', 'priority': 'high low normal', 'channel': 'voice sms', 'weekday': '{weekday}', 'room': '{n:1-400}', 'slot': '{n:1-9}', 'department': '{dept}', 'specialty': '{dept}',
    'procedure': '{procedure}', 'allergy': '{drug}', 'allergies': 'NKDA {drug}', 'notes': '{symptom}', 'eponym': '{eponym}', 'scale': '{eponym}', 'score': '{n:0-30}', 'weight': '{n:80-350}', 'height': '{n:48-80}',
    'pulse': '{n:45-130}', 'temp': '{temp}', 'latency_ms': '{n:1-2000}', 'retry': 'true false', 'error': 'not_found timeout invalid_request slot_taken rate_limited', 'model': '{model}',
    'device': '{device}', 'brand': '{product}', 'country': '{country}', 'page': '{n:1-20}', 'limit': '{n:10-100}', 'total': '{n:0-9000}', 'version': '{n:1-9}.{n:0-20}.{n:0-30}', 'cost': '{price}', 'intent': 'refill schedule billing transfer unknown',
    'confidence': '0.{n:10-99}', 'tokens': '{n:50-4000}', 'max_tokens': '{n:64-4096}', 'temperature': '0.{n:0-9}', 'urgent': 'true false', 'hours': '{time}-{time}', 'expires_in': '{n:60-86400}', 'steps': '{n:100-20000}',
    'lot': '{plain:serial}', 'sku': '{plain:other}', 'carc': '{n:1-250}', 'modifier': '{n:22-95}', 'drg': '{n:1-999}', 'place_of_service': '{n:11-99}', 'year': '{year}', 'month': '{month}', 'season': 'winter summer fall',
    'role': 'nurse physician patient agent system user', 'consent': 'yes no', 'pharmacy': '{brand}', 'insurer': '{planname}', 'holiday': '{holiday}', 'food': '{food}', 'color': '{colour}', 'vehicle': '{car}',
}


def _text(text: str) -> tuple:
    return (text, None)


def fill_in(template: str) -> list:
    from .grammar import pieces
    out = []
    for text, slot, argument in pieces(template):
        out += [_text(text)] if slot is None else value(slot, STYLE, argument)
    return out


def _identifying(slot: str) -> tuple:
    """(key, segments of the value)"""
    key = pick(IDENTIFYING[slot].split())
    segments = value(slot, STYLE)
    if slot == 'date' and maybe(0.4):
        day, clock = timestamp()
        segments = [(day, 'DATE'), _text(clock)]
    elif slot == 'dob' and maybe(0.4):
        segments = [(f'{number(1928, 2024)}-{number(1, 12):02d}-{number(1, 28):02d}', 'DOB')]
    return key, [(t.replace('\n', ', ').replace('"', ''), k) for t, k in segments]


def _plain() -> tuple:
    key = pick(list(PLAIN))
    pattern = PLAIN[key]
    template = pattern if '{' in pattern and ' ' in pattern and not pattern.startswith('NKDA') else pick(pattern.split())
    return key, [(t.replace('\n', ' ').replace('"', ''), k) for t, k in fill_in(template)]


def _fields(identifying: int, plain: int) -> list:
    slots, fields = [], []
    weights = {slot: WEIGHTS.get(slot, 1.5) for slot in IDENTIFYING}
    while len(slots) < identifying:
        slot = weighted(weights)
        if slot not in slots:
            slots.append(slot)
    fields = [_identifying(slot) for slot in slots]
    return shuffled(fields + [_plain() for _ in range(plain)])


def _is_number(segments: list) -> bool:
    text = ''.join(t for t, _ in segments)
    return text.replace('.', '', 1).isdigit() and not (text.startswith('0') and len(text) > 1) or text in ('true', 'false')


def _json_object(fields: list, space: str) -> list:
    out = [_text('{')]
    for i, (key, segments) in enumerate(fields):
        bare = _is_number(segments) and maybe(0.6)
        out += [_text(('' if i == 0 else ',' + space) + f'"{key}":' + space + ('' if bare else '"'))] + segments + [_text('' if bare else '"')]
    return out + [_text('}')]


def record(identifying: int, plain: int) -> list:
    """One record in JSON, key-value lines, a table or a sentence of a log."""
    form = weighted({'json': 46, 'nested': 10, 'list': 12, 'lines': 10, 'pairs': 6, 'pipe': 5, 'yaml': 5, 'query': 3, 'csv': 3})
    space = one('', ' ')
    if form in ('json', 'nested', 'list'):
        if form == 'json':
            return _json_object(_fields(identifying, plain), space)
        if form == 'nested':
            outer = pick('patient result data appointment member claim response record encounter payload order visit slots labs'.split())
            inner = _json_object(_fields(identifying, plain), space)
            return [_text('{' + f'"{one("status", "ok", "type")}":{space}"{one("ok", "found", "success")}",{space}"{outer}":' + space)] + inner + [_text('}')]
        out = [_text(one('[', '{"results":[', '{"data":[', '{"items":['))]
        closing = ']' if out[0][0] == '[' else ']}'
        for i in range(number(2, 3)):
            out += ([_text(',' + space)] if i else []) + _json_object(_fields(max(1, identifying // 2) if identifying else 0, max(1, plain // 2)), space)
        return out + [_text(closing)]
    joint, equals = {'lines': ('\n', ': '), 'pairs': (', ', '='), 'pipe': (' | ', ': '), 'yaml': ('\n', ': '), 'query': ('&', '='), 'csv': (',', '')}[form]
    out = []
    for i, (key, segments) in enumerate(_fields(identifying, plain)):
        name = key.replace('_', ' ') if form in ('lines', 'pipe') else key
        name = name.capitalize() if form in ('lines', 'pipe') and maybe(0.6) else name
        out += [_text(('' if i == 0 else joint) + ('' if form == 'csv' else name + equals))] + segments
    return out


def log_line() -> list:
    """A line of a program's log; nobody is named. The date of an event of nobody is not marked."""
    level = one('INFO', 'WARN', 'ERROR', 'DEBUG', 'info', 'error')
    event = pick(['request completed in {n:2-900} ms', 'GET /v{n:1-3}/slots {n:200-504} {n:2-900}ms', 'retry {n:1-5} of {n:5-9}', 'cache hit ratio 0.{n:10-99}', 'worker {n:1-16} started',
                  'tool call check_eligibility returned {n:200-504}', 'tts synthesized {n:10-900} chars', 'stt latency p50={n:50-400} p99={n:400-2000}', 'queue depth {n:0-300}', 'timeout after {n:1000-30000} ms',
                  'model loaded ({n:10-900} MB)', 'websocket closed code={n:1000-1011}', 'transfer to {dept} failed', 'barge-in detected at {n:100-9000} ms', 'no speech for {n:2-20} s', 'dtmf {n:0-9} received',
                  'intent=refill confidence=0.{n:10-99}', 'prompt tokens {n:100-4000} completion tokens {n:10-900}', 'rate limit {n:10-600}/min exceeded', 'schema version {n:1-40}', 'gc pause {n:1-90} ms',
                  'disk {n:10-99}% full', 'POST /api/refills 4{n:10-29}', 'fallback voice selected', 'language=es', 'call state ringing -> answered', 'silence timeout, reprompt {n:1-3}', 'ehr sync ok, {n:0-900} rows',
                  'Traceback: KeyError at line {n:1-900}', 'unit test {n:1-300} passed', 'healthcheck ok', 'agent handoff to {dept}', 'function end_call invoked', 'ICD lookup {icd} -> {condition}', 'NDC {ndc} not on formulary'])
    lead = one(f'[{level}] ', f'{level}: ', f'{level} ', f'{number(0, 23):02d}:{number(0, 59):02d}:{number(0, 59):02d} {level} ', f'{level.lower()} service={one("voice", "ehr", "billing", "asr", "tts")} ', '')
    return [_text(lead)] + fill_in(event)


def tool_schema() -> list:
    """A tool that a voice agent may call: it describes identifiers and holds none."""
    names = ('lookup_patient schedule_appointment cancel_appointment verify_identity check_eligibility get_lab_results request_refill transfer_call send_sms take_payment '
             'find_provider create_ticket get_directions check_claim_status update_contact record_vitals').split()
    parameters = {'name': "the patient's full name", 'dob': 'date of birth, YYYY-MM-DD', 'phone': 'callback number with area code', 'member_id': 'as printed on the insurance card', 'reason': 'why the caller needs the visit',
                  'date': 'preferred day, ISO 8601', 'time': 'HH:MM, 24 hours', 'department': 'one of cardiology, dermatology, pediatrics', 'mrn': 'medical record number, digits only', 'zip': 'five digit ZIP code',
                  'drug': 'name of the medicine, such as {drug}', 'dose': 'strength, for example {dose}', 'pharmacy': 'name and street of the pharmacy', 'amount': 'in cents', 'last4': 'last four digits of the SSN', 'code': 'CPT such as {cpt}',
                  'icd': 'ICD-10 such as {icd}', 'language': 'en or es', 'urgency': 'routine, urgent or emergency', 'note': 'at most {n:100-500} characters', 'provider': 'last name of the doctor', 'confirm': 'true after the caller said yes'}
    chosen = some(list(parameters), number(1, 4))
    space = one('', ' ')
    out = [_text('{"name":' + space + f'"{pick(names)}",' + space + '"description":' + space + '"' + one('Look up', 'Book', 'Cancel', 'Verify', 'Fetch', 'Send', 'Update') + ' ' +
                 one('a record', 'a visit', 'the caller', 'benefits', 'a refill', 'the message') + one('. Ask for consent first.', '.', '. Never guess values.', ', once per call.') + '",' + space + '"parameters":' + space + '{')]
    for i, key in enumerate(chosen):
        out += [_text(('' if i == 0 else ',' + space) + f'"{key}":' + space + '{"type":' + space + '"string",' + space + '"description":' + space + '"')] + fill_in(parameters[key]) + [_text('"}')]
    return out + [_text('}}')]
