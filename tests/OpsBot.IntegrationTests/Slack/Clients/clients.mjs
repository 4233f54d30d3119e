// Slack's own clients, told what to do by a test. Each line on standard output is one JSON object.
//   node clients.mjs webapi              calls of @slack/web-api, with what they gave
//   node clients.mjs socket              a Bolt app in Socket Mode: what it receives, until it is ended
//   node clients.mjs http PORT           a Bolt app that listens: what it receives, until it is ended
// SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_APP_TOKEN and SLACK_SIGNING_SECRET say where and as whom.
import bolt from '@slack/bolt';
import { LogLevel, WebClient } from '@slack/web-api';

const { SLACK_API_URL: url, SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = process.env;
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

if (process.argv[2] === 'webapi') await webApi();
else await app(process.argv[2] === 'http' ? Number(process.argv[3]) : null);

async function webApi() {
  const options = { slackApiUrl: url, logLevel: LogLevel.ERROR, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
  const client = new WebClient(botToken, options);
  const section = (text) => ({ type: 'section', text: { type: 'mrkdwn', text } });
  let ts;
  const steps = {
    'auth.test': () => client.auth.test(),
    'wrong token': () => new WebClient('xoxb-wrong', options).auth.test(),
    'no token': () => new WebClient(undefined, options).auth.test(),
    post: async () => {
      const answer = await client.chat.postMessage({
        channel: 'C024BE91L', text: 'hello', blocks: [section('hello')],
        metadata: { event_type: 'opsbot_delivery', event_payload: { delivery_id: 'one' } },
      });
      ts = answer.ts;
      return answer;
    },
    'post too fast': () => client.chat.postMessage({ channel: 'C024BE91L', text: 'again' }),
    'post elsewhere': () => client.chat.postMessage({ channel: 'C0NOWHERE', text: 'x' }),
    'post uninvited': () => client.chat.postMessage({ channel: 'C0PRIVATE', text: 'x' }),
    'post nothing': () => client.chat.postMessage({ channel: 'C0OTHER' }),
    'post too long a block': () => client.chat.postMessage({ channel: 'C0OTHER', text: 'x', blocks: [section('x'.repeat(3001))] }),
    'post too many blocks': () => client.chat.postMessage({ channel: 'C0OTHER', text: 'x', blocks: Array.from({ length: 51 }, () => section('x')) }),
    'post wrong metadata': () => client.chat.postMessage({ channel: 'C0OTHER', text: 'x', metadata: { event_type: 'x' } }),
    reply: () => client.chat.postMessage({ channel: 'C0OTHER', text: 'a reply', thread_ts: ts }),
    update: () => client.chat.update({ channel: 'C024BE91L', ts, text: 'edited', blocks: [section('edited')] }),
    'update nothing': () => client.chat.update({ channel: 'C024BE91L', ts: '1.000001', text: 'edited' }),
    ephemeral: () => client.chat.postEphemeral({ channel: 'C024BE91L', user: 'U0ANNA', text: 'for you' }),
    history: () => client.conversations.history({ channel: 'C024BE91L', include_all_metadata: true, limit: 10 }),
    replies: () => client.conversations.replies({ channel: 'C024BE91L', ts, include_all_metadata: true }),
    'users.info': () => client.users.info({ user: 'U0ANNA' }),
    'open with an old trigger': () => client.views.open({ trigger_id: 'trigger.old', view: { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [section('x')] } }),
    upload: () => client.filesUploadV2({ channel_id: 'C0THIRD', filename: 'chart.png', title: 'A chart', file: Buffer.from('not really a picture') }),
    'connect with a bot token': () => client.apps.connections.open(),
  };
  for (const [step, call] of Object.entries(steps)) {
    try {
      const answer = await call();
      say({ step, ok: answer.ok, answer });
    } catch (error) {
      say({ step, ok: false, error: error.data?.error ?? error.code ?? String(error), retryAfter: error.retryAfter, messages: error.data?.response_metadata?.messages });
    }
  }
}

async function app(port) {
  const shared = { token: botToken, clientOptions: { slackApiUrl: url }, logLevel: LogLevel.ERROR };
  const bot = port === null
    ? new bolt.App({ ...shared, appToken, socketMode: true })
    : new bolt.App({ ...shared, signingSecret, endpoints: ['/slack/events', '/slack/interactivity', '/slack/commands'] });
  bot.event('app_mention', async ({ event, body }) => say({ got: 'app_mention', text: event.text, channel: event.channel, id: body.event_id }));
  bot.message(async ({ message, body }) => say({ got: 'message', text: message.text, subtype: message.subtype, bot: message.bot_id, id: body.event_id }));
  bot.command('/ops', async ({ command, ack }) => { await ack(); say({ got: 'command', text: command.text, user: command.user_id, trigger: command.trigger_id }); });
  bot.action(/.*/, async ({ action, ack, body }) => { await ack(); say({ got: 'action', action: action.action_id, value: action.value, user: body.user.id }); });
  bot.view(/.*/, async ({ view, ack }) => { await ack(); say({ got: 'view', callback: view.callback_id, values: view.state.values }); });
  bot.error(async (error) => say({ got: 'error', error: error.message }));
  await bot.start(port ?? undefined);
  say({ got: 'ready' });
}
