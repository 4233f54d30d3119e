using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Training;
using OpsBot.Runtime.Redaction;
using OpsBot.Runtime.Secrets;

namespace OpsBot.Evidence.Training.Mlflow;

/// <summary>
/// Reads the metrics of an MLflow run. The histories are asked for only of metrics whose latest value changed, from the page on that was read last.
/// Values that were logged for the same step come together in one point.
/// </summary>
internal sealed class MlflowCurve(
    MlflowOptions options, string run, IHttpClientFactory clients, ISecretReader secrets, KnownSecrets known, IRedactor redactor, TimeProvider time) : ICurveSource
{
    public const string HttpClientName = "opsbot-mlflow";
    private const int MaxValues = 100_000;
    private const int MaxMetrics = 200;

    public async Task<CurveReading> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout * 6, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var client = new MlflowClient(clients.CreateClient(HttpClientName), options.Url, Authorization());
            var before = CurveCursor.Read<MlflowCursor>(cursor) is { } read && read.Run == run ? read.Metrics : new Dictionary<string, ReadMetric>();
            return await ReadAsync(client, before, cursor, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(cursor, string.Create(CultureInfo.InvariantCulture, $"no answer within {options.Timeout.TotalSeconds * 6:0.#} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SecretException or UriFormatException or FormatException)
        {
            return Failed(cursor, e.Message);
        }
    }

    private async Task<CurveReading> ReadAsync(MlflowClient client, IReadOnlyDictionary<string, ReadMetric> before, string? cursor, CancellationToken cancellationToken)
    {
        if (await client.RunAsync(run, cancellationToken) is not { } found)
            return new CurveReading([], [], cursor, CurveReadingState.Absent, redactor.Redact($"MLflow knows no run '{run}'"));
        var after = new Dictionary<string, ReadMetric>(before);
        var points = new Points();
        var more = false;
        foreach (var (metric, latest) in found.Latest.OrderBy(pair => pair.Key, StringComparer.Ordinal).Where(pair => options.Metrics.Count == 0 || options.Metrics.Contains(pair.Key)).Take(MaxMetrics))
        {
            var at = before.GetValueOrDefault(metric) ?? new ReadMetric(null, 0, "");
            if (at.Latest == latest)
                continue;
            if (points.Count >= MaxValues)
            {
                more = true;
                break;
            }

            after[metric] = await TakeAsync(client, metric, latest, at, points, cancellationToken);
            more |= after[metric].Latest != latest;
        }

        var next = CurveCursor.Write(new MlflowCursor(run, after));
        return new CurveReading(points.ToList(), [], next, points.Count > 0 ? CurveReadingState.Data : CurveReadingState.NoData) { More = more };
    }

    private async Task<ReadMetric> TakeAsync(MlflowClient client, string metric, string latest, ReadMetric at, Points into, CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await client.HistoryAsync(run, metric, at.Page, cancellationToken);
            foreach (var value in page.Values.Skip(at.Taken))
                into.Add(metric, value);
            at = at with { Taken = Math.Max(at.Taken, page.Values.Count) };
            if (page.Next is null)
                return at with { Latest = latest };
            // the page is full; a server that gives the same one again would be asked for ever
            if (page.Next == at.Page)
                return at with { Latest = latest };
            at = new ReadMetric(page.Next, 0, "");
            if (into.Count >= MaxValues)
                return at;
        }
    }

    private CurveReading Failed(string? cursor, string why) => new([], [], cursor, CurveReadingState.Failed, redactor.Redact($"{options.Url}: {why}"));

    private AuthenticationHeaderValue? Authorization()
    {
        if (!string.IsNullOrEmpty(options.BearerFile))
            return new("Bearer", secrets.ReadFile(options.BearerFile).Reveal());
        if (!string.IsNullOrEmpty(options.Bearer))
        {
            known.Add(options.Bearer);
            return new("Bearer", options.Bearer);
        }

        if (string.IsNullOrEmpty(options.Username))
            return null;
        var password = string.IsNullOrEmpty(options.PasswordFile) ? "" : secrets.ReadFile(options.PasswordFile).Reveal();
        return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Username}:{password}")));
    }

    /// <summary>Values by step. A value that was logged again for its step is a point of its own, behind the first.</summary>
    private sealed class Points
    {
        private readonly SortedDictionary<(long Step, int Turn), (DateTimeOffset? At, Dictionary<string, double> Values)> _points = [];

        public int Count { get; private set; }

        public void Add(string metric, MlflowValue value)
        {
            Count++;
            var step = Math.Max(0, value.Step);
            var turn = 0;
            while (_points.TryGetValue((step, turn), out var there) && there.Values.ContainsKey(metric))
                turn++;
            if (_points.TryGetValue((step, turn), out var point))
                point.Values[metric] = value.Value;
            else
                _points[(step, turn)] = (value.At, new Dictionary<string, double> { [metric] = value.Value });
        }

        public IReadOnlyList<CurvePoint> ToList() => [.. _points.Select(point => new CurvePoint(point.Key.Step, point.Value.At, point.Value.Values))];
    }
}
