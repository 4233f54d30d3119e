using System.Diagnostics;
using System.Text.Json;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Deploy;

/// <summary>
/// The single file of the publish profile finds what it reads at run time, called through a link, from another folder, with a home that stays empty. tests/run publishes it
/// without compiling ahead, which changes how fast it starts and nothing of where it looks.
/// </summary>
public sealed class SingleFileTests : IDisposable
{
    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_brings_its_runbooks_and_unpacks_nothing()
    {
        var listed = await OpsBotProgram.RunAsync(StartInfo("runbooks", "list", "--json"), Cancel);
        listed.ExitCode.ShouldBe(0, listed.ToString());
        using var runbooks = JsonDocument.Parse(listed.Output);
        runbooks.RootElement.GetArrayLength().ShouldBeGreaterThan(0);
        Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "home")).ShouldBeEmpty();
    }

    [Fact]
    public async Task It_goes_through_the_demo_to_an_action_that_its_own_supervisor_runs()
    {
        LongRun.Require();
        var ended = await OpsBotProgram.RunAsync(StartInfo("demo", "--once", "--approve-as", "ada"), Cancel);
        ended.ExitCode.ShouldBe(0, ended.ToString());
        (ended.Output + ended.Error).ShouldContain("verified", Case.Insensitive, ended.ToString());
        Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "home")).ShouldBeEmpty();
    }

    [Fact]
    public async Task It_serves_and_is_asked_how_it_is_and_says_when_nobody_is_there()
    {
        var config = _folder.Write("opsbot.yaml", $$"""
            listen: { urls: "http://127.0.0.1:{{ServerProcess.FreePort()}}" }
            console: { urls: "http://127.0.0.1:0" }
            """);
        var nobody = await OpsBotProgram.RunAsync(StartInfo("healthcheck", "--config", config), Cancel);
        nobody.ExitCode.ShouldBe(1, nobody.ToString());
        nobody.Error.ShouldContain("does not answer");

        await using var opsbot = OpsBotProcess.Start(StartInfo("serve", "--config", config));
        await opsbot.Webhooks.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, Cancel);

        foreach (var asked in (string[][])[[], ["--ready"]])
        {
            var well = await OpsBotProgram.RunAsync(StartInfo(["healthcheck", "--config", config, .. asked]), Cancel);
            well.ExitCode.ShouldBe(0, well.ToString());
            well.Output.ShouldContain("ok");
        }

        Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "home")).ShouldBeEmpty();
    }

    private ProcessStartInfo StartInfo(params string[] arguments)
    {
        var program = Environment.GetEnvironmentVariable("OPSBOT_SINGLE_FILE");
        if (string.IsNullOrEmpty(program))
        {
            const string Reason = "OPSBOT_SINGLE_FILE is not set; tests/run sets it, or: dotnet publish src/OpsBot.Host -p:PublishProfile=linux-x64 -o FOLDER, then FOLDER/opsbot";
            Assert.SkipWhen(Environment.GetEnvironmentVariable("OPSBOT_REQUIRE_SERVERS") is not "1", Reason);
            Assert.Fail(Reason);
        }

        var link = Path.Combine(_folder.Path, "opsbot-link");
        if (!File.Exists(link))
        {
            File.CreateSymbolicLink(link, program);
        }

        var info = OpsBotProgram.StartInfo(_folder, arguments);
        info.FileName = link;
        info.Environment["HOME"] = Directory.CreateDirectory(Path.Combine(_folder.Path, "home")).FullName;
        info.Environment["DOTNET_ROOT"] = "/nowhere";
        return info;
    }
}
