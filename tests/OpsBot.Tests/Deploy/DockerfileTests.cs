using System.Text.Json;
using OpsBot.Tests.Architecture;

namespace OpsBot.Tests.Deploy;

public sealed class DockerfileTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "Dockerfile"));
    private static readonly DockerIgnore Ignore = new(File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore")));
    private static readonly DockerfileRules Rules = new(path =>
        Repository.Current.Has(path) && Repository.Current.Files.Keys.Any(file => (file == path || file.StartsWith(path + "/", StringComparison.Ordinal)) && Ignore.LetsThrough(file)));

    [Fact]
    public void The_image_is_pinned_runs_as_nobody_in_particular_and_tells_its_health() => Rules.Problems(Text).ShouldBeEmpty();

    [Theory]
    [InlineData("sdk:10.0.401-noble", "sdk:10.0", "not pinned")]
    [InlineData("runtime-deps:10.0.12-noble", "runtime-deps", "not pinned")]
    [InlineData("runtime-deps:10.0.12-noble", "runtime-deps:latest", "not pinned")]
    [InlineData("USER 10001:10001", "USER root", "no USER")]
    [InlineData("USER 10001:10001", "USER 0", "no USER")]
    [InlineData("USER 10001:10001\n", "", "no USER")]
    [InlineData("USER 10001:10001", "USER 10001\nRUN true", "after USER")]
    [InlineData("\"opsbot\", \"healthcheck\"", "\"curl\", \"http://127.0.0.1:8080/healthz\"", "HEALTHCHECK uses")]
    [InlineData("HEALTHCHECK", "#HEALTHCHECK", "no HEALTHCHECK")]
    [InlineData("ENTRYPOINT [\"/usr/bin/tini\", \"--\", \"opsbot\"]", "ENTRYPOINT opsbot", "no ENTRYPOINT")]
    [InlineData("COPY runbooks/", "COPY runbook/", "'runbook/' is not in")]
    [InlineData("COPY runbooks/ runbooks/", "COPY . .", "COPY . takes")]
    [InlineData("COPY runbooks/ runbooks/", "COPY tests/ tests/", "'tests/' is not in")]
    [InlineData("COPY runbooks/", "ADD runbooks/", "ADD fetches")]
    [InlineData("VOLUME [\"/var/lib/opsbot\"]", "VOLUME [\"/data\"]", "on no VOLUME")]
    [InlineData("OPSBOT_CONFIG=", "OPSBOT__CONSOLE__TOKEN=", "with a secret")]
    [InlineData(" --locked-mode", "", "lock files")]
    [InlineData(" --no-restore", "", "restores once more")]
    public void A_planted_mistake_is_found(string from, string to, string problem)
    {
        Text.ShouldContain(from);
        Rules.Problems(Text.Replace(from, to, StringComparison.Ordinal)).ShouldContain(found => found.Contains(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("src/OpsBot.Host/Program.cs", true)]
    [InlineData("src/OpsBot.Host/packages.lock.json", true)]
    [InlineData("src/OpsBot.Host/Properties/PublishProfiles/linux-x64.pubxml", true)]
    [InlineData("deploy/actions/bin/github-ref", true)]
    [InlineData("deploy/compose/secrets/opsbot-store", false)]
    [InlineData(".git/config", false)]
    [InlineData("src/OpsBot.Host/bin/Release/net10.0/opsbot.dll", false)]
    [InlineData("src/OpsBot.Host/obj/project.assets.json", false)]
    [InlineData("tests/run", false)]
    [InlineData(".opsbot/opsbot.db", false)]
    [InlineData("src/left.db", false)]
    public void The_builder_gets_what_the_program_is_made_of_and_nothing_else(string path, bool through) => Ignore.LetsThrough(path).ShouldBe(through);

    [Fact]
    public void What_the_program_is_made_of_reaches_the_builder_whole()
    {
        var copied = Dockerfile.Stages(Text)[0].Where(one => one.Word == "COPY").SelectMany(one => one.Words().SkipLast(1)).Select(source => source.TrimEnd('/')).ToList();
        string[] parts = ["src/", "handlers/", "eng/", "runbooks/", "deploy/samples/"];
        var needed = Repository.Current.Files.Keys.Where(file => parts.Any(part => file.StartsWith(part, StringComparison.Ordinal))
            || file is "global.json" or ".editorconfig" || (file.EndsWith(".props", StringComparison.Ordinal) && !file.Contains('/', StringComparison.Ordinal)));
        needed.Where(file => !Ignore.LetsThrough(file) || !copied.Exists(source => file == source || file.StartsWith(source + "/", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public void The_compiler_of_the_image_is_one_that_global_json_takes()
    {
        using var pinned = JsonDocument.Parse(Repository.Current.Files["global.json"]);
        var least = Version.Parse(pinned.RootElement.GetProperty("sdk").GetProperty("version").GetString()!);
        var image = Dockerfile.Stages(Text)[0][0].Words()[0];
        var used = Version.Parse(image.Split(':')[1].Split('-')[0]);
        (used.Major, used.Minor).ShouldBe((least.Major, least.Minor));
        used.ShouldBeGreaterThanOrEqualTo(least);
    }
}
