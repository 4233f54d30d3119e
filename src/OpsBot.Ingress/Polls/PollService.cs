using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Ingress.Webhooks;
using OpsBot.Runtime.Processes;

namespace OpsBot.Ingress.Polls;

/// <summary>Asks every sender of <c>senders.polls</c>, each at its own pace. One that does not answer keeps nobody from asking the others.</summary>
internal sealed class PollService(
    IOptions<SendersOptions> options, IProcessRunner runner, IHttpClientFactory clients, IWebhookReader reader, DeliveryTaker taker, TimeProvider clock, ILogger<PollService> log) : BackgroundService
{
    private readonly LogInterval _lines = new(TimeSpan.FromMinutes(10), clock);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(options.Value.Polls.Select(poll => PollAsync(poll, stoppingToken)));

    private async Task PollAsync(PollOptions poll, CancellationToken cancellationToken)
    {
        IPoll asked = poll.Run.Count > 0 ? new CommandPoll(poll, runner) : new HttpPoll(poll, clients, clock);
        var news = new PollNews(poll.LookBack);
        using var timer = new PeriodicTimer(poll.Every, clock);
        try
        {
            do
            {
                await LookAsync(poll, asked, news, cancellationToken);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // the host stops
        }
    }

    /// <summary>One look. What fails is said, at most once in a while, and tried again at the next.</summary>
    internal async Task LookAsync(PollOptions poll, IPoll asked, PollNews news, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await asked.AskAsync(cancellationToken);
            if (answer.Problem is { } problem)
            {
                Say(poll, problem);
                return;
            }

            var now = clock.GetUtcNow();
            var looked = news.Resumed(reader.Read(poll.Source, new Dictionary<string, string>(), answer.Body, now), now);
            if (looked.Select(delivery => delivery.Outcome).OfType<Normalised.Unreadable>().FirstOrDefault() is { } unread)
                Say(poll, $"{unread.Field}: {unread.Reason}");
            await taker.TakeAsync(news.Of(looked, now), cancellationToken);
            news.Remember(looked, now);
        }
        catch (NotJsonException wrong)
        {
            Say(poll, wrong.Message);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // the store may be away: what was not taken is news at the next look too
            if (_lines.Due($"{poll.Source} store") is { } count)
                IngressLog.PollNotStored(log, poll.Source, count, fault);
        }
    }

    private void Say(PollOptions poll, string problem)
    {
        if (_lines.Due(poll.Source) is { } count)
            IngressLog.PollFailed(log, poll.Source, problem, count);
    }
}
