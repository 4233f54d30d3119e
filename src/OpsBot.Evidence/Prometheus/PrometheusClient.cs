using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace OpsBot.Evidence.Prometheus;

/// <summary>One series of an answer.</summary>
/// <param name="Times">Unix milliseconds.</param>
/// <param name="Values">NaN for what is no finite number.</param>
internal sealed record PromSeries(IReadOnlyDictionary<string, string> Labels, long[] Times, double[] Values);

/// <summary>An answer, or why there is none.</summary>
/// <param name="Error">The server's own words where it refused.</param>
/// <param name="Warnings">What it says of an answer that may not be whole.</param>
internal sealed record PromAnswer(IReadOnlyList<PromSeries> Series, IReadOnlyList<string> Warnings, string? Error, bool CutOff);

/// <summary>Asks a Prometheus server (HTTP API v1).</summary>
internal sealed class PrometheusClient(HttpClient http, string url, AuthenticationHeaderValue? authorization)
{
    private readonly Uri _api = new($"{url.TrimEnd('/')}/api/v1/");

    /// <summary>A query over a period.</summary>
    public Task<PromAnswer> RangeAsync(string query, DateTimeOffset from, DateTimeOffset to, TimeSpan step, PromBounds bounds, CancellationToken cancellationToken) =>
        AskAsync("query_range", [
            new("query", query), new("start", Seconds(from)), new("end", Seconds(to)),
            new("step", step.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture))], bounds, cancellationToken);

    /// <summary>A query at one instant.</summary>
    public Task<PromAnswer> InstantAsync(string query, DateTimeOffset at, PromBounds bounds, CancellationToken cancellationToken) =>
        AskAsync("query", [new("query", query), new("time", Seconds(at))], bounds, cancellationToken);

    private static string Seconds(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000.0).ToString("0.###", CultureInfo.InvariantCulture);

    private async Task<PromAnswer> AskAsync(string path, List<KeyValuePair<string, string>> form, PromBounds bounds, CancellationToken cancellationToken)
    {
        try
        {
            // a query may be longer than an address
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_api, path)) { Content = new FormUrlEncodedContent(form) };
            request.Headers.Authorization = authorization;
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var body = await ReadAsync(response.Content, bounds.MaxBytes, cancellationToken);
            if (body is null) return Failed($"the answer is larger than {bounds.MaxBytes} bytes; narrow the query");
            return Parse(body, (int)response.StatusCode, bounds);
        }
        catch (HttpRequestException e)
        {
            return Failed($"{_api} cannot be reached: {e.Message}");
        }
        catch (IOException e)
        {
            return Failed($"{_api} broke off: {e.Message}");
        }
    }

    private static PromAnswer Failed(string error) => new([], [], error, CutOff: false);

    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, long maxBytes, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var memory = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (memory.Length + read > maxBytes) return null;
            memory.Write(buffer, 0, read);
        }

        return memory.GetBuffer().AsMemory(0, (int)memory.Length);
    }

    private static PromAnswer Parse(ReadOnlyMemory<byte>? body, int status, PromBounds bounds)
    {
        try
        {
            using var document = JsonDocument.Parse(body!.Value);
            var root = document.RootElement;
            var warnings = root.TryGetProperty("warnings", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(w => w.ToString()).ToList() : [];
            if (!string.Equals(root.GetProperty("status").GetString(), "success", StringComparison.Ordinal))
            {
                var type = root.TryGetProperty("errorType", out var t) ? t.ToString() : "error";
                return Failed($"HTTP {status}, {type}: {(root.TryGetProperty("error", out var e) ? e.ToString() : "no reason given")}");
            }

            var data = root.GetProperty("data");
            var result = data.GetProperty("result");
            var kind = data.GetProperty("resultType").GetString();
            var (series, cut) = kind is "matrix" or "vector" ? Series(result, bounds) : ([Scalar(result)], false);
            return new PromAnswer(series, warnings, null, cut);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return Failed(status == 200 ? $"the answer is not what a Prometheus server sends: {e.Message}" : $"HTTP {status}; is this the address of a Prometheus server?");
        }
    }

    private static (IReadOnlyList<PromSeries> Series, bool Cut) Series(JsonElement result, PromBounds bounds)
    {
        var series = new List<PromSeries>();
        long samples = 0;
        foreach (var item in result.EnumerateArray())
        {
            var values = item.TryGetProperty("values", out var many) ? many.EnumerateArray().ToArray() : item.TryGetProperty("value", out var one) ? [one] : [];
            samples += values.Length;
            if (series.Count >= bounds.MaxSeries || samples > bounds.MaxSamples) return (series, true);
            var labels = item.GetProperty("metric").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "", StringComparer.Ordinal);
            series.Add(new PromSeries(labels, [.. values.Select(Time)], [.. values.Select(Value)]));
        }

        return (series, false);
    }

    private static PromSeries Scalar(JsonElement pair) => new(new Dictionary<string, string>(), [Time(pair)], [Value(pair)]);

    private static long Time(JsonElement pair) => (long)Math.Round(pair[0].GetDouble() * 1000);

    private static double Value(JsonElement pair) =>
        double.TryParse(pair[1].GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : double.NaN;
}

/// <summary>How much of an answer is taken.</summary>
internal sealed record PromBounds(long MaxBytes, int MaxSeries, long MaxSamples);
