using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Ports;
using OpsBot.Evidence.Limits;
using OpsBot.Runtime.Redaction;
using OpsBot.Runtime.Secrets;
using OpsBot.Signals.Series;

namespace OpsBot.Evidence.Prometheus;

/// <summary>What a Prometheus server measured: the queries of the options, what the alert itself watches, and whether its targets were up.</summary>
internal sealed class PrometheusSource(
    PrometheusOptions options, IHttpClientFactory clients, ISecretReader secrets, KnownSecrets known, IRedactor redactor, TimeProvider time) : IEvidenceSource
{
    public const string HttpClientName = "opsbot-prometheus";
    private const int AtOnce = 4;
    private const long MaxAnswerBytes = 128L << 20;
    private const int BytesPerSample = 16;
    private const int MostSampled = 100;

    private readonly SourceLimit _limit = new(
        string.Create(CultureInfo.InvariantCulture, $"{options.RequestsPerSecond:0.##} requests a second after {options.Burst}"),
        TimeSpan.FromSeconds(1) / options.RequestsPerSecond, options.Burst, options.MaxConcurrent, time);

    public string Name => options.SourceName;

    public async Task<Observations> CollectAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var problems = new List<SourceProblem>();
        var looked = new List<string>();
        PrometheusClient client;
        try
        {
            client = new PrometheusClient(clients.CreateClient(HttpClientName), options.Url, Authorization());
        }
        catch (Exception e) when (e is SecretException or UriFormatException or FormatException)
        {
            return Observations.None with { LookedAt = [Name], Problems = [new SourceProblem(Name, e.Message, Partial: false)] };
        }

        var queries = new List<PromQuery>();
        foreach (var query in PromQuery.Of(options, request.Incident))
        {
            if (query.Problem is not null) problems.Add(new SourceProblem(Name, query.Problem, Partial: true));
            else if (query.Skipped is not null) looked.Add($"{Name}: {query.Skipped}");
            else queries.Add(query);
        }

        using var budget = new TimeBudget(request.Bounds.Deadline, time, cancellationToken);
        // a diagnosis with many queries waits for few turns at a time, so that one with few gets its own in between
        using var slots = new SemaphoreSlim(AtOnce);
        var answers = await Task.WhenAll(queries.Select(q => AskAsync(client, q, request, slots, budget)));
        cancellationToken.ThrowIfCancellationRequested();

        var metrics = new List<MetricSeries>();
        long samples = 0;
        if (answers.Count(answer => answer is null) is > 0 and var spared)
        {
            EvidenceMetrics.CountSpared(Name, spared);
            var whole = spared == queries.Count ? "" : $"{spared} of {queries.Count} queries were ";
            problems.Add(new SourceProblem(Name, whole + _limit.Spared(budget.Total), Partial: spared < queries.Count));
        }

        foreach (var (query, answer) in queries.Zip(answers))
        {
            if (answer is null) continue;
            var shown = redactor.Redact(query.Expression);
            looked.Add($"{Name}: {shown}");
            if (answer.Error is not null) problems.Add(Problem(query, answer.Error, partial: queries.Count > 1 || metrics.Count > 0));
            problems.AddRange(answer.Warnings.Take(5).Select(w => Problem(query, $"warning: {w}", partial: true)));
            var taken = 0;
            foreach (var series in answer.Series)
            {
                samples += series.Times.Length;
                if (metrics.Count >= request.Bounds.MaxSeries || samples * BytesPerSample > request.Bounds.MaxBytes) break;
                var metric = SeriesLabels.ToMetric(series, query.Name, query.Service, shown);
                metrics.Add(metric with { Metric = redactor.Redact(metric.Metric) });
                taken++;
            }

            if (answer.CutOff || taken < answer.Series.Count)
            {
                problems.Add(Problem(query, string.Create(CultureInfo.InvariantCulture, $"only {taken} series were taken: the bound is {request.Bounds.MaxSeries} series and {request.Bounds.MaxBytes} bytes"), partial: true));
            }
        }

        return Observations.None with { Metrics = metrics, LookedAt = looked.Count > 0 ? looked : [queries.Count > 0 ? $"{Name}: not asked" : $"{Name}: no query applies"], Problems = problems };
    }

    public async Task<string?> ProblemAsync(CancellationToken cancellationToken) => (await ReadNumberAsync("vector(1)", cancellationToken)).Problem;

    /// <summary>One number at this moment; the answer may have one series only, or nobody knows which is meant.</summary>
    public async Task<MetricReading> ReadNumberAsync(string expression, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var client = new PrometheusClient(clients.CreateClient(HttpClientName), options.Url, Authorization());
            // whether an action did harm is not asked behind a queue of diagnoses: they wait for it instead
            _limit.Count();
            var answer = await client.InstantAsync(expression, time.GetUtcNow(), new PromBounds(1 << 20, 2, 2), either.Token);
            return answer switch
            {
                { Error: { } error } => new MetricReading(null, redactor.Redact(error)),
                { Series: [{ Values: [.., var value] }], CutOff: false } when double.IsFinite(value) => new MetricReading(value, null),
                { Series: [] } => new MetricReading(null, "no series answers to the expression"),
                { Series: [_] } => new MetricReading(null, "it is no finite number"),
                _ => new MetricReading(null, "more than one series answers to the expression; sum or select them"),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new MetricReading(null, string.Create(CultureInfo.InvariantCulture, $"no answer within {options.Timeout.TotalSeconds:0.#} s"));
        }
        catch (Exception e) when (e is SecretException or UriFormatException or FormatException)
        {
            return new MetricReading(null, redactor.Redact(e.Message));
        }
    }

    /// <summary>What the expression comes to at this moment, in turn with the diagnoses that ask the same server.</summary>
    public async Task<MetricSample> SampleAsync(string expression, TimeSpan length, CancellationToken cancellationToken)
    {
        using var budget = new TimeBudget(length, time, cancellationToken);
        try
        {
            var client = new PrometheusClient(clients.CreateClient(HttpClientName), options.Url, Authorization());
            using var turn = await _limit.EnterAsync(budget);
            if (turn is null)
            {
                EvidenceMetrics.CountSpared(Name);
                return new MetricSample([], _limit.Spared(budget.Total));
            }

            using var timeout = new CancellationTokenSource(options.Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, budget.Stop);
            var answer = await client.InstantAsync(expression, time.GetUtcNow(), new PromBounds(1 << 20, MostSampled, MostSampled), either.Token);
            return answer.Error is { } error
                ? new MetricSample([], redactor.Redact(error))
                : new MetricSample([.. answer.Series.Where(series => series.Values is [.., var last] && double.IsFinite(last)).Select(Sampled)], null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new MetricSample([], string.Create(CultureInfo.InvariantCulture, $"no answer within {Math.Min(options.Timeout.TotalSeconds, length.TotalSeconds):0.#} s"));
        }
        catch (Exception e) when (e is SecretException or UriFormatException or FormatException)
        {
            return new MetricSample([], redactor.Redact(e.Message));
        }
    }

    private MetricValue Sampled(PromSeries series)
    {
        var labels = string.Join(", ", series.Labels.Where(label => label.Key != "__name__").Take(6).Select(label => $"{label.Key}={label.Value}"));
        return new MetricValue(labels.Length == 0 ? "" : redactor.Redact(labels), series.Values[^1]);
    }

    /// <summary>A query over a period, for who watches a run; its turn comes as that of any other.</summary>
    public async Task<PromAnswer> ReadRangeAsync(string expression, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellationToken)
    {
        using var budget = new TimeBudget(options.Timeout, time, cancellationToken);
        try
        {
            var client = new PrometheusClient(clients.CreateClient(HttpClientName), options.Url, Authorization());
            using var turn = await _limit.EnterAsync(budget);
            if (turn is null)
                return new PromAnswer([], [], _limit.Spared(budget.Total), CutOff: false);
            var answer = await client.RangeAsync(expression, from, to, step, new PromBounds(16 << 20, 2, 22_000), budget.Stop);
            return answer with { Error = answer.Error is { } error ? redactor.Redact(error) : null };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PromAnswer([], [], string.Create(CultureInfo.InvariantCulture, $"no answer within {options.Timeout.TotalSeconds:0.#} s"), CutOff: false);
        }
        catch (Exception e) when (e is SecretException or UriFormatException or FormatException)
        {
            return new PromAnswer([], [], redactor.Redact(e.Message), CutOff: false);
        }
    }

    /// <summary>Whole seconds, so that a period of any length has about as many points as asked for and never more than a server answers.</summary>
    internal static TimeSpan StepOf(TimeSpan length, int points) =>
        TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(length.TotalSeconds / Math.Clamp(points, 1, 10_900))));

    private SourceProblem Problem(PromQuery query, string reason, bool partial) => new(Name, redactor.Redact($"{query.Expression}: {reason}"), partial);

    /// <summary>Null where the budget was used up before it was its turn.</summary>
    private async Task<PromAnswer?> AskAsync(PrometheusClient client, PromQuery query, EvidenceRequest request, SemaphoreSlim slots, TimeBudget budget)
    {
        try
        {
            await slots.WaitAsync(budget.Stop);
        }
        catch (OperationCanceledException) when (budget.IsSpent)
        {
            return null;
        }

        try
        {
            using var turn = await _limit.EnterAsync(budget);
            return turn is null ? null : await AskAsync(client, query, request, budget);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<PromAnswer> AskAsync(PrometheusClient client, PromQuery query, EvidenceRequest request, TimeBudget budget)
    {
        var left = budget.Left;
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, budget.Stop);
        try
        {
            var from = request.Baseline is { } baseline && baseline.From < request.Window.From ? baseline.From : request.Window.From;
            var bounds = new PromBounds(Math.Min(request.Bounds.MaxBytes, MaxAnswerBytes), request.Bounds.MaxSeries, request.Bounds.MaxBytes / BytesPerSample);
            return await client.RangeAsync(query.Expression, from, request.Window.To, StepOf(request.Window.To - from, options.Points), bounds, either.Token);
        }
        catch (OperationCanceledException)
        {
            return new PromAnswer([], [], Unanswered(left, budget), CutOff: false);
        }
    }

    /// <summary>Where the time went: to the server, or to the wait for a turn at it.</summary>
    private string Unanswered(TimeSpan left, TimeBudget budget)
    {
        var isWaited = budget.Stop.IsCancellationRequested && budget.Total - left > budget.Total / 10;
        var limit = budget.Stop.IsCancellationRequested ? budget.Total : options.Timeout;
        return isWaited ? _limit.LeftLittle(left, budget.Total) : string.Create(CultureInfo.InvariantCulture, $"no answer within {limit.TotalSeconds:0.#} s");
    }

    private AuthenticationHeaderValue? Authorization()
    {
        if (!string.IsNullOrEmpty(options.BearerFile)) return new("Bearer", secrets.ReadFile(options.BearerFile).Reveal());
        if (!string.IsNullOrEmpty(options.Bearer))
        {
            known.Add(options.Bearer);
            return new("Bearer", options.Bearer);
        }

        if (string.IsNullOrEmpty(options.Username)) return null;
        var password = string.IsNullOrEmpty(options.PasswordFile) ? "" : secrets.ReadFile(options.PasswordFile).Reveal();
        return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Username}:{password}")));
    }
}
