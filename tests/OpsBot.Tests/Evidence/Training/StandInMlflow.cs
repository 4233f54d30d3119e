using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Web;

namespace OpsBot.Tests.Evidence.Training;

/// <summary>A stand-in for an MLflow tracking server: runs/get and metrics/get-history of its documented REST API, paged as its SQL store pages. Not MLflow itself.</summary>
internal sealed class StandInMlflow(int pageSize = 3) : HttpMessageHandler, IHttpClientFactory
{
    public const string Run = "0123abcd";

    private readonly Dictionary<string, List<(long Step, long Time, object Value)>> _metrics = [];

    public List<string> Asked { get; } = [];

    public string? Token { get; init; }

    public void Log(string metric, long step, object value)
    {
        if (!_metrics.TryGetValue(metric, out var values))
            _metrics[metric] = values = [];
        values.Add((step, 1_700_000_000_000 + values.Count, value));
    }

    public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked.Add(request.RequestUri!.PathAndQuery);
        var query = HttpUtility.ParseQueryString(request.RequestUri.Query);
        var (status, answer) = Token is not null && request.Headers.Authorization?.ToString() != $"Bearer {Token}"
            ? (401, (object)"no")
            : query["run_id"] != Run
                ? (404, new { error_code = "RESOURCE_DOES_NOT_EXIST", message = "Run not found" })
                : request.RequestUri.AbsolutePath switch
                {
                    "/api/2.0/mlflow/runs/get" => (200, RunOf()),
                    "/api/2.0/mlflow/metrics/get-history" => (200, History(query["metric_key"]!, query["page_token"])),
                    _ => (404, "nothing"),
                };
        var body = answer is string text ? text : JsonSerializer.Serialize(answer);
        return Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
    }

    private object RunOf() => new
    {
        run = new
        {
            info = new { run_id = Run, status = "RUNNING" },
            data = new { metrics = _metrics.Select(metric => new { key = metric.Key, value = metric.Value[^1].Value, timestamp = metric.Value[^1].Time, step = metric.Value[^1].Step }) },
        },
    };

    private object History(string metric, string? token)
    {
        var from = token is null ? 0 : int.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(token)), CultureInfo.InvariantCulture);
        var all = _metrics[metric];
        var page = all.Skip(from).Take(pageSize).Select(value => new { key = metric, value = value.Value, timestamp = value.Time.ToString(CultureInfo.InvariantCulture), step = value.Step });
        var next = from + pageSize < all.Count ? Convert.ToBase64String(Encoding.UTF8.GetBytes((from + pageSize).ToString(CultureInfo.InvariantCulture))) : null;
        return next is null ? new { metrics = page } : new { metrics = page, next_page_token = next };
    }
}
