using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace OpsBot.Ingress.Polls;

/// <summary>Asks MLflow's REST API (runs/search) or W&amp;B's GraphQL API for the latest runs.</summary>
internal sealed class HttpPoll(PollOptions options, IHttpClientFactory clients, TimeProvider clock) : IPoll
{
    public const string HttpClientName = "opsbot-polls";
    private const int MaxBytes = 32 << 20;
    private const int MaxRuns = 500;
    private const string Wandb = "https://api.wandb.ai/graphql";

    private const string WandbQuery = """
        query Runs($project: String!, $entity: String!, $first: Int!) { project(name: $project, entityName: $entity) { runs(first: $first, order: "-created_at") { edges {
        node { name displayName state createdAt heartbeatAt group commit host summaryMetrics user { username } project { name entityName } } } } } }
        """;

    public async Task<PollAnswer> AskAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.TimeLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = Request();
            using var response = await clients.CreateClient(HttpClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode)
                return PollAnswer.Failed($"{request.RequestUri!.Host} answers HTTP {(int)response.StatusCode}; are the address and the token right?");
            return await BodyAsync(response.Content, either.Token) is { } body ? new PollAnswer(body, null) : PollAnswer.Failed($"the answer is larger than {MaxBytes} bytes");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return PollAnswer.Failed(string.Create(CultureInfo.InvariantCulture, $"no answer within {options.TimeLimit.TotalSeconds:0.#} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return PollAnswer.Failed(e.Message);
        }
    }

    private HttpRequestMessage Request()
    {
        var (address, body) = options.Source == "mlflow"
            ? ($"{options.Url!.TrimEnd('/')}/api/2.0/mlflow/runs/search",
                (object)new { experiment_ids = options.Experiments, max_results = MaxRuns, order_by = new[] { "attributes.start_time DESC" } })
            : (options.Url ?? Wandb, new { query = WandbQuery, variables = new { project = options.Project, entity = options.Entity, first = MaxRuns } });
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json") };
        if (options.Source == "wandb")
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"api:{options.ApiKey}")));
        else if (!string.IsNullOrEmpty(options.Bearer))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Bearer);
        return request;
    }

    private static async Task<ReadOnlyMemory<byte>?> BodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var memory = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (memory.Length + read > MaxBytes)
                return null;
            memory.Write(buffer, 0, read);
        }

        return memory.ToArray();
    }
}
