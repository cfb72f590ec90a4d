"""Asks with Python's `openai`: one JSON line in for each turn, one JSON line out for what was heard, in any order."""

import asyncio
import json
import sys
import time

import openai


async def listen(base_url, ask):
    choices = {}
    heard = {"usage": None, "error": None, "leftAt": None}

    def choice(index):
        return choices.setdefault(index, {"text": "", "calls": {}, "reason": None})

    def call(index, at, name, args):
        known = choice(index)["calls"].setdefault(at, {"name": "", "args": ""})
        known["name"] += name or ""
        known["args"] += args or ""

    body = {"model": ask["model"], "messages": ask["messages"], "stream": ask["stream"]}
    for key in ("n", "tools"):
        if key in ask:
            body[key] = ask[key]
    if "schema" in ask:
        form = {"name": "answer", "strict": True, "schema": ask["schema"]}
        body["response_format"] = {"type": "json_schema", "json_schema": form}
    if ask.get("usage"):
        body["stream_options"] = {"include_usage": True}
    client = openai.AsyncOpenAI(base_url=base_url, api_key="sk-caller", max_retries=ask["retries"])
    try:
        answer = await client.chat.completions.create(**body)
        if ask["stream"]:
            async for chunk in answer:
                if chunk.usage:
                    heard["usage"] = {"input": chunk.usage.prompt_tokens, "output": chunk.usage.completion_tokens}
                for part in chunk.choices:
                    choice(part.index)["text"] += part.delta.content or ""
                    for piece in part.delta.tool_calls or []:
                        call(part.index, piece.index, piece.function.name, piece.function.arguments)
                    choice(part.index)["reason"] = part.finish_reason or choice(part.index)["reason"]
                    if ask.get("leave") and part.delta.content:
                        heard["leftAt"] = int(time.time() * 1000)
                if heard["leftAt"] is not None:
                    await answer.close()
                    break
        else:
            for part in answer.choices:
                choice(part.index)["text"] = part.message.content or ""
                for at, piece in enumerate(part.message.tool_calls or []):
                    call(part.index, at, piece.function.name, piece.function.arguments)
                choice(part.index)["reason"] = part.finish_reason
            heard["usage"] = {"input": answer.usage.prompt_tokens, "output": answer.usage.completion_tokens}
    except Exception as error:  # whatever the client throws is what is heard
        status = getattr(error, "status_code", None)
        heard["error"] = {"status": status, "message": f"{error} | {getattr(error, 'body', '')} | {error.__cause__}"}
    finally:
        await client.close()
    heard["choices"] = [
        {
            "text": known["text"],
            "calls": [known["calls"][at] for at in sorted(known["calls"])],
            "reason": known["reason"],
        }
        for _, known in sorted(choices.items())
    ]
    return heard


async def answer(line):
    asked = json.loads(line)
    heard = await listen(asked["baseURL"], asked["ask"])
    print(json.dumps({"id": asked["id"], "heard": heard}), flush=True)


async def main():
    print(json.dumps({"version": openai.__version__}), flush=True)
    loop = asyncio.get_running_loop()
    turns = set()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        turn = asyncio.create_task(answer(line))
        turns.add(turn)
        turn.add_done_callback(turns.discard)
    await asyncio.gather(*turns)


asyncio.run(main())
