import type { Recognizer } from "./recognizer.ts";
import { account } from "./recognizers/account.ts";
import { address } from "./recognizers/address.ts";
import { age } from "./recognizers/age.ts";
import { biometric } from "./recognizers/biometric.ts";
import { creditCard } from "./recognizers/credit-card.ts";
import { date } from "./recognizers/date.ts";
import { device } from "./recognizers/device.ts";
import { dob } from "./recognizers/dob.ts";
import { email } from "./recognizers/email.ts";
import { fax } from "./recognizers/fax.ts";
import { handle } from "./recognizers/handle.ts";
import { healthPlanId } from "./recognizers/health-plan-id.ts";
import { ipAddress } from "./recognizers/ip-address.ts";
import { license } from "./recognizers/license.ts";
import { mrn } from "./recognizers/mrn.ts";
import { name } from "./recognizers/name.ts";
import { otherId } from "./recognizers/other-id.ts";
import { phone } from "./recognizers/phone.ts";
import { ssn } from "./recognizers/ssn.ts";
import { url } from "./recognizers/url.ts";
import { vehicle } from "./recognizers/vehicle.ts";

/** Every family of Pass 1. A cue phrase that two families name belongs to the first of them. */
export const RECOGNIZERS: readonly Recognizer[] = [
  ssn,
  dob,
  date,
  age,
  email,
  url,
  ipAddress,
  vehicle,
  device,
  license,
  creditCard,
  mrn,
  healthPlanId,
  account,
  biometric,
  fax,
  phone,
  otherId,
  handle,
  address,
  name,
];
