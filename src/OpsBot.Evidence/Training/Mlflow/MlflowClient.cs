using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace OpsBot.Evidence.Training.Mlflow;

/// <summary>Asks an MLflow tracking server (REST API 2.0): runs/get and metrics/get-history, a page at a time.</summary>
internal sealed class MlflowClient(HttpClient http, string url, AuthenticationHeaderValue? authorization)
{
    public const int PageSize = 10_000;
    private const int MaxBytes = 16 << 20;

    private readonly string _api = $"{url.TrimEnd('/')}/api/2.0/mlflow/";

    /// <summary>The latest value of each metric, as text that changes whenever something is logged; null where the run is not known.</summary>
    /// <exception cref="HttpRequestException">The server cannot be reached, or refuses; the message says why.</exception>
    public async Task<MlflowRun?> RunAsync(string run, CancellationToken cancellationToken)
    {
        using var document = await GetAsync($"runs/get?run_id={Uri.EscapeDataString(run)}", cancellationToken);
        if (document is null)
            return null;
        var found = Member(document.RootElement, "run") ?? throw new HttpRequestException("the answer holds no run; is this the address of an MLflow server?");
        var latest = new Dictionary<string, string>();
        foreach (var metric in Items(Member(Member(found, "data"), "metrics")))
        {
            if (Member(metric, "key")?.GetString() is { Length: > 0 and <= 250 } key)
                latest[key] = $"{Member(metric, "step")}/{Member(metric, "timestamp")}/{Member(metric, "value")}";
        }

        return new MlflowRun(Member(Member(found, "info"), "status")?.ToString() ?? "", latest);
    }

    /// <summary>One page of a metric's history, in the server's order: by time.</summary>
    /// <exception cref="HttpRequestException">As with <see cref="RunAsync"/>.</exception>
    public async Task<MlflowPage> HistoryAsync(string run, string metric, string? page, CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"metrics/get-history?run_id={Uri.EscapeDataString(run)}&metric_key={Uri.EscapeDataString(metric)}&max_results={PageSize}");
        using var document = await GetAsync(page is null ? query : $"{query}&page_token={Uri.EscapeDataString(page)}", cancellationToken)
            ?? throw new HttpRequestException("the run is gone");
        var values = Items(Member(document.RootElement, "metrics"))
            .Select(value => new MlflowValue(Whole(Member(value, "step")) ?? 0, Time(Whole(Member(value, "timestamp"))), Number(Member(value, "value")))).ToList();
        var next = Member(document.RootElement, "next_page_token")?.ToString();
        return new MlflowPage(values, string.IsNullOrEmpty(next) ? null : next);
    }

    private async Task<JsonDocument?> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_api + path));
        request.Headers.Authorization = authorization;
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        try
        {
            var document = JsonDocument.Parse(await BodyAsync(response.Content, cancellationToken));
            if (response.IsSuccessStatusCode)
                return document;
            using (document)
            {
                var code = Member(document.RootElement, "error_code")?.ToString();
                if (code == "RESOURCE_DOES_NOT_EXIST")
                    return null;
                throw new HttpRequestException($"HTTP {(int)response.StatusCode}, {code ?? "error"}: {Member(document.RootElement, "message")?.ToString() ?? "no reason given"}");
            }
        }
        catch (JsonException wrong)
        {
            throw new HttpRequestException(
                response.IsSuccessStatusCode
                    ? "the answer is no JSON; is this the address of an MLflow server?"
                    : $"HTTP {(int)response.StatusCode}; is this the address of an MLflow server, and the token right?",
                wrong);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> BodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var memory = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (memory.Length + read > MaxBytes)
                throw new HttpRequestException($"the answer is larger than {MaxBytes} bytes");
            memory.Write(buffer, 0, read);
        }

        return memory.GetBuffer().AsMemory(0, (int)memory.Length);
    }

    private static JsonElement? Member(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    private static IEnumerable<JsonElement> Items(JsonElement? list) => list is { ValueKind: JsonValueKind.Array } found ? found.EnumerateArray() : [];

    // numbers of 64 bits may come as text, and what is no number always does
    private static long? Whole(JsonElement? value) => long.TryParse(value?.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static double Number(JsonElement? value) => value?.ToString() switch
    {
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        var text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN,
    };

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is > 0 and < 100_000_000_000_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds.Value) : null;
}

/// <summary>A run as the server knows it.</summary>
internal sealed record MlflowRun(string Status, IReadOnlyDictionary<string, string> Latest);

/// <summary>One logged value.</summary>
internal sealed record MlflowValue(long Step, DateTimeOffset? At, double Value);

/// <summary>One page of a history.</summary>
/// <param name="Next">Token of the page that follows; null for the last.</param>
internal sealed record MlflowPage(IReadOnlyList<MlflowValue> Values, string? Next);
