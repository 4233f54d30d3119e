using OpsBot.Host.Cli;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Deploy;

/// <summary>docker-compose.yml, read by docker-compose itself. No engine is here, so no container was ever started of it.</summary>
public sealed class ComposeTests : IDisposable
{
    private static readonly string Original = File.ReadAllText(Path.Combine(OpsBotProgram.Repository(), "docker-compose.yml"));

    // From, to, and what is found. All at once, as far as they change different places: docker-compose takes its second for each text.
    private static readonly (string From, string To, string Problem)[] Looser =
    [
        ("postgres:15.14-bookworm", "postgres:latest", "postgres: image"),
        ("postgres:15.14-bookworm", "postgres", "postgres: image"),
        ("read_only: true", "read_only: false", "prometheus: its root file system"),
        ("cap_drop: [ALL]", "cap_drop: [NET_RAW]", "opsbot: keeps capabilities"),
        ("cap_drop: [ALL]", "cap_drop: [ALL]\n  cap_add: [SYS_ADMIN]", "opsbot: adds capabilities"),
        ("cap_drop: [ALL]", "cap_drop: [ALL]\n  privileged: true", "opsbot: is privileged"),
        ("no-new-privileges:true", "seccomp:unconfined", "rabbitmq: may gain privileges"),
        ("user: \"65534:65534\"", "user: root", "prometheus: runs as root"),
        ("\"127.0.0.1:8081:8081\"", "\"8081:8081\"", "opsbot: port 8081:8081"),
        ("POSTGRES_PASSWORD_FILE: /run/secrets/postgres-password", "POSTGRES_PASSWORD: secret", "postgres: POSTGRES_PASSWORD holds"),
        ("RABBITMQ_FILE: /run/secrets/opsbot-broker", "RABBITMQ_FILE: /run/secrets/broker", "/run/secrets/broker, which is not mounted"),
        ("rabbitmq: {condition: service_healthy}", "rabbitmq: {condition: service_started}", "opsbot: does not wait until rabbitmq"),
        ("mem_limit: 1g", "pids_limit: 99", "rabbitmq: has no limit"),
        ("source: rabbitmq.conf", "source: rabbitmq-conf", "rabbitmq: its secret rabbitmq-conf"),
        ("stop_grace_period: 45s", "stop_grace_period: 15s", "opsbot: is killed after 15s"),
        ("{file: ./deploy/compose/secrets/opsbot-store}", "{file: ./opsbot-store}", "secret opsbot-store"),
    ];

    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_is_understood_and_every_service_is_held_tight()
    {
        var composed = await ComposeAsync(Original);
        composed.ExitCode.ShouldBe(0, composed.ToString());
        composed.Error.ShouldBeEmpty();
        (await Tool.RunAsync("docker-compose", _folder.Path, Cancel, "--file", Path.Combine(_folder.Path, "docker-compose.yml"), "config", "-q")).ToString().ShouldBe(new Finished(0, "", "").ToString());
        ComposeRules.Problems(Manifest.Read(composed.Output)[0], CommandLineInterface.StopLimit).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("read_only: true", "read_onyl: true")]
    [InlineData("condition: service_healthy", "condition: service_well")]
    [InlineData("services:", "name: opsbot\nservices:")]
    public async Task What_docker_compose_does_not_know_is_found(string from, string to) =>
        (await ComposeAsync(Original.Planted(from, to))).ExitCode.ShouldNotBe(0);

    [Fact]
    public async Task A_service_that_is_held_less_tight_is_found()
    {
        var left = Looser.ToList();
        while (left.Count > 0)
        {
            var together = left.DistinctBy(one => one.From).ToList();
            left.RemoveAll(together.Contains);
            var composed = await ComposeAsync(together.Aggregate(Original, (text, one) => text.Planted(one.From, one.To)));
            composed.ExitCode.ShouldBe(0, composed.ToString());
            var problems = ComposeRules.Problems(Manifest.Read(composed.Output)[0], CommandLineInterface.StopLimit);
            together.Where(one => !problems.Any(found => found.Contains(one.Problem, StringComparison.Ordinal)))
                .ShouldBeEmpty(string.Join('\n', problems));
        }
    }

    [Fact]
    public async Task The_secrets_are_made_once_and_with_them_the_configuration_holds()
    {
        var secrets = Path.Combine(_folder.Path, "secrets");
        var made = await Tool.RunAsync(Path.Combine(Tool.Deploy, "compose", "secrets.sh"), _folder.Path, Cancel, secrets);
        made.ExitCode.ShouldBe(0, made.ToString());
        var first = Directory.EnumerateFiles(secrets).ToDictionary(file => file, File.ReadAllText);
        (await Tool.RunAsync(Path.Combine(Tool.Deploy, "compose", "secrets.sh"), _folder.Path, Cancel, secrets)).Error.ShouldBeEmpty();
        Directory.EnumerateFiles(secrets).ToDictionary(file => file, File.ReadAllText).ShouldBe(first);
        made.ToString().ShouldNotContain(first[Path.Combine(secrets, "postgres-password")].Trim());
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(secrets).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var composed = Manifest.Read(Original)[0];
        composed.Entries("secrets").Select(secret => Path.GetFileName(secret.Value.Text("file"))).ShouldBeSubsetOf(first.Keys.Select(Path.GetFileName));
        var check = OpsBotProgram.StartInfo(_folder, ["config", "check", Path.Combine(Tool.Deploy, "compose", "opsbot.yaml")]);
        foreach (var (name, value) in composed.Entries("services", "opsbot", "environment"))
        {
            check.Environment[name] = value.Text()!.Replace("/run/secrets", secrets, StringComparison.Ordinal);
        }

        var checkedWell = await OpsBotProgram.RunAsync(check, Cancel);
        checkedWell.ExitCode.ShouldBe(0, checkedWell.ToString());

        // and it is the secrets that make it hold
        check.Environment["OPSBOT__CONSOLE__TOKEN_FILE"] = "";
        check.Environment["OPSBOT__SENDERS__CLOUDEVENTS__BEARER_FILE"] = "";
        var without = await OpsBotProgram.RunAsync(check, Cancel);
        without.ExitCode.ShouldBe(2, without.ToString());
        without.Error.ShouldContain("senders.cloudevents");
        without.Error.ShouldContain("console");
    }

    [Fact]
    public async Task Prometheus_understands_its_configuration()
    {
        Tool.Require("promtool");
        var file = Path.Combine(Tool.Deploy, "compose", "prometheus.yml");
        var checkedWell = await Tool.RunAsync("promtool", _folder.Path, Cancel, "check", "config", file);
        checkedWell.ExitCode.ShouldBe(0, checkedWell.ToString());
        var planted = _folder.Write("planted.yml", File.ReadAllText(file).Planted("scrape_interval", "scrape_intreval"));
        (await Tool.RunAsync("promtool", _folder.Path, Cancel, "check", "config", planted)).ExitCode.ShouldNotBe(0);
    }

    /// <summary>What docker-compose makes of a text that lies where ours lies.</summary>
    private async Task<Finished> ComposeAsync(string text)
    {
        Tool.Require("docker-compose");
        var file = _folder.Write("docker-compose.yml", text);
        return await Tool.RunAsync("docker-compose", _folder.Path, Cancel, "--file", file, "config");
    }
}
