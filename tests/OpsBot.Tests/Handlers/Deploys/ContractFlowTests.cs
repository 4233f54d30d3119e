using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Diagnosis;
using OpsBot.Evidence.Changes;
using OpsBot.Evidence.Contracts;
using OpsBot.Evidence.Files;
using OpsBot.Handlers.Deploys;
using OpsBot.Storage.Changes;
using OpsBot.Tests.Ingress;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Handlers.Deploys;

/// <summary>Deploys with API descriptions, from the events that tell of them to the diagnosis that names what they broke.</summary>
public sealed class ContractFlowTests : IAsyncDisposable
{
    private const string With = """{"openapi":"3.1.0","paths":{"/prices":{"get":{"responses":{"200":{"content":{"application/json":{"schema":{"properties":{"amount":{"type":"integer"},"currency":{"type":"string"}}}}}}}}}}}""";
    private static readonly string Without = With.Replace(",\"currency\":{\"type\":\"string\"}", "", StringComparison.Ordinal);

    private readonly StoredDesk _desk = new();
    private readonly SomeFolder _logs = new();
    private Func<HttpRequestMessage, string, (int Status, string Body)> _server = (_, _) => (200, Without);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_error_of_a_caller_that_names_what_a_deploy_removed_is_told_with_it()
    {
        await DeployAsync("2.3", -600, contract: $"{{\"document\":{With}}}");
        await DeployAsync("2.4", 40, contract: $"{{\"format\":\"openapi\",\"document\":{Without}}}");
        // it says how it went, and no more about its API
        await DeployAsync("2.4", 41, contract: null);

        var report = await DiagnoseAsync("checkout", "unknown field currency");

        var cause = report.Causes[0];
        (cause.Service, cause.RootCause).ShouldBe(("pricing", "bad-change"));
        cause.Statement.ShouldContain("checkout began to log 'unknown field currency' 3 minutes after pricing 2.4 removed it");
        var cited = report.Evidence.Where(item => cause.Evidence.Contains(item.Id)).ToList();
        cited.ShouldContain(item => item.Source == EvidenceSourceKind.Changes && item.Excerpt.Contains("against 2.3: removed currency (GET /prices → 200 → currency)", StringComparison.Ordinal));
        cited.ShouldContain(item => item.Source == EvidenceSourceKind.Logs && item.Excerpt.Contains("unknown field currency", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_error_that_names_nothing_of_it_is_not_joined()
    {
        await DeployAsync("2.3", -600, contract: $"{{\"document\":{With}}}");
        await DeployAsync("2.4", 40, contract: $"{{\"document\":{Without}}}");
        (await DiagnoseAsync("checkout", "unknown field discount")).Causes.ShouldAllBe(cause => !cause.Statement.Contains("began to log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_linked_is_fetched_and_compared()
    {
        await DeployAsync("2.3", -600, contract: $"{{\"document\":{With}}}");
        await DeployAsync("2.4", 40, contract: "{\"link\":\"https://artifacts.test/contracts/2.4.json\"}");
        (await ComparisonAsync("2.4")).Changes.ShouldHaveSingleItem().Path.ShouldBe("GET /prices → 200 → currency");
    }

    [Fact]
    public async Task What_is_not_to_be_had_is_said_on_the_change()
    {
        _server = (_, _) => (403, "");
        await DeployAsync("2.3", -600, contract: $"{{\"document\":{With}}}");
        await DeployAsync("2.4", 39, contract: "\"https://artifacts.test/contracts/2.4.json\"");
        (await ComparisonAsync("2.4")).Problem.ShouldBe("https://artifacts.test answered 403");
        await DeployAsync("2.5", 41, contract: "\"https://elsewhere.test/2.5.json\"");
        (await ComparisonAsync("2.5")).Problem.ShouldNotBeNull().ShouldContain("contracts.allow");
        await DeployAsync("2.6", 42, contract: "{\"format\":\"raml\",\"document\":\"x\"}");
        (await ComparisonAsync("2.6")).Problem.ShouldNotBeNull().ShouldContain("'raml' is no format");
    }

    [Fact]
    public async Task A_deploy_that_failed_is_not_compared_with()
    {
        await DeployAsync("2.3", -600, contract: $"{{\"document\":{With}}}");
        await DeployAsync("2.4", -300, contract: $"{{\"document\":{Without}}}", status: "failed");
        await DeployAsync("2.5", 40, contract: $"{{\"document\":{Without}}}");
        var comparison = await ComparisonAsync("2.5");
        (comparison.Previous, comparison.Changes.Count).ShouldBe(("2.3", 1));
        (await _desk.Store.ScalarAsync("select count(*) from contracts where superseded_at is not null")).ShouldBe(2, "pruning may have what came before");
    }

    [Fact]
    public async Task Another_environment_and_another_name_are_other_apis()
    {
        await DeployAsync("2.3", -600, contract: $"{{\"document\":{With}}}", environment: "stage");
        await DeployAsync("2.3b", -500, contract: $"{{\"name\":\"admin\",\"document\":{With}}}");
        await DeployAsync("2.4", 40, contract: $"{{\"document\":{Without}}}");
        (await ComparisonAsync("2.4")).Previous.ShouldBeNull();
    }

    [Fact]
    public async Task Documents_are_kept_small_and_apart_from_the_change()
    {
        var large = With.Replace("\"amount\"", string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"field{i}\":{{\"type\":\"string\"}}")) + ",\"amount\"", StringComparison.Ordinal);
        await DeployAsync("2.3", -600, contract: $"{{\"document\":{large}}}");
        (await _desk.Store.ScalarAsync("select length(document) from contracts")).ShouldBeLessThan(large.Length / 4);
        (await _desk.Store.ScalarAsync("select length(state) from changes")).ShouldBeLessThan(2_000);
    }

    public async ValueTask DisposeAsync()
    {
        _logs.Dispose();
        await _desk.DisposeAsync();
    }

    /// <summary>The event as it comes in, and all that follows from it.</summary>
    private async Task DeployAsync(string version, double minute, string? contract, string status = "succeeded", string environment = "prod")
    {
        var body = Some.CloudEvent(
            "opsbot.deploy.v1",
            $"{{\"key\":\"pricing-{version}\",\"status\":\"{status}\",\"service\":\"pricing\",\"version\":\"{version}\",\"environment\":\"{environment}\"{(contract is null ? "" : $",\"contract\":{contract}")}}}");
        body["time"] = OpsBotJson.Format(Some.LogStart.AddMinutes(minute));
        var change = Reader.Records<DeployReported>(Reader.Outcome("cloudevents", body)).Single();
        await _desk.InAsync(scope => new RecordChange(_desk.Store.Handling, _desk.Desk, Some.Canaries(_desk)).HandleAsync(change, scope));
        var compare = new CompareContractsHandler(
            _desk.Store.Handling, _desk.Store.Get<ContractReader>(),
            new ContractFetcher(new Some.FakeServer(_server), Options.Create(new ContractOptions { Allow = ["https://artifacts.test/contracts"] }), TimeProvider.System),
            Some.Redactor());
        foreach (var row in await _desk.Store.ClaimAsync(CompareContracts.Kind))
        {
            await _desk.Store.Handling.HandleAsync<CompareContracts>(row.Id, row.LeaseToken, compare.HandleAsync, Token);
        }
    }

    private async Task<OpsBot.Contracts.Apis.ContractComparison> ComparisonAsync(string version) =>
        (await _desk.Store.Get<IChangeHistory>().FindAsync("prod", new TimeWindow(Some.LogStart.AddDays(-1), Some.LogStart.AddDays(1)), 100, Token))
            .Single(change => change.Version == version).Comparisons.ShouldHaveSingleItem();

    private async Task<DiagnosisReport> DiagnoseAsync(string service, string error)
    {
        var lines = Enumerable.Range(0, 53).Select(minute => Line(minute, "INFO order placed"))
            .Concat(Enumerable.Range(43, 10).Select(minute => Line(minute, $"ERROR {error}")));
        _logs.Write($"{service}/app.log", string.Concat(lines.Order(StringComparer.Ordinal)));
        await using var services = new ServiceCollection().AddLogging().AddDiagnosis().BuildServiceProvider();
        return await services.GetRequiredService<IDiagnostician>().DiagnoseAsync(
            Some.Incident(service, "checkout fails"), Some.Window, null,
            [
                new ChangeHistorySource(_desk.Store.Get<IChangeHistory>(), Some.Redactor(), TimeProvider.System),
                new LogFolderSource(new LogFolderOptions { Name = "shop", Path = _logs.Path }, Some.Redactor(), TimeProvider.System),
            ],
            Token);
    }

    private static string Line(int minute, string text) => $"{OpsBotJson.Format(Some.LogStart.AddMinutes(minute))} {text}\n";
}
