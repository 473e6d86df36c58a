// Asks by the AI SDK's own transport and reader, and prints the message that they make.
// Input: JSON with url, messages and body. Output: JSON with message, error, and how often the message grew.
import { DefaultChatTransport, readUIMessageStream } from "ai";
import { text } from "node:stream/consumers";

const { url, messages, body } = JSON.parse(await text(process.stdin));
const result = { message: null, error: null, grew: 0 };
try {
  const transport = new DefaultChatTransport({ api: url, body });
  const stream = await transport.sendMessages({
    trigger: "submit-message", chatId: "chat", messageId: undefined, messages, abortSignal: undefined,
  });
  const onError = (error) => { result.error = error.message; };
  for await (const message of readUIMessageStream({ stream, onError })) {
    result.message = message;
    result.grew += 1;
  }
} catch (error) {
  result.error = error.message;
}
process.stdout.write(JSON.stringify(result));
