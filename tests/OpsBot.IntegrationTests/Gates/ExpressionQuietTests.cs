using System.Globalization;
using System.Text.Json;
using OpsBot.IntegrationTests.Alertmanager;
using OpsBot.IntegrationTests.Prometheus;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Gates;

/// <summary>The gate that ships, run as OpsBot runs it, against a real Prometheus.</summary>
public sealed class ExpressionQuietTests : IDisposable
{
    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_denies_while_the_expression_fires_and_passes_once_it_is_quiet()
    {
        await using var target = await MetricsTarget.StartAsync(Cancel);
        target.ErrorRatio = 0.4;
        await using var server = await PrometheusServer.StartAsync(Cancel, target.Address);
        await PinAsync(quietMinutes: 0.1);
        var expression = "shop_error_ratio > 0.1";
        await OpsBotProgram.UntilAsync(async () => (await AskAsync(server.Url, expression)) is { ExitCode: 1 } fires ? fires : null, "the expression to fire", Cancel);

        var firing = await AskAsync(server.Url, expression);
        firing.ExitCode.ShouldBe(1, firing.ToString());
        firing.Output.ShouldStartWith("denied: 'shop_error_ratio > 0.1' still gave a result");

        target.ErrorRatio = 0.01;
        // it takes six seconds at least, and each look is a program that is started
        await Task.Delay(TimeSpan.FromSeconds(6), TimeProvider.System, Cancel);
        var quiet = await OpsBotProgram.UntilAsync(
            async () => (await AskAsync(server.Url, expression)) is { ExitCode: 0 } passes ? passes : null, "the expression to be quiet", Cancel);
        quiet.Output.ShouldStartWith("passed: quiet for 0.1 min: 'shop_error_ratio > 0.1'");
    }

    [Theory]
    [InlineData("sum(", "Prometheus refused 'sum(' with status 400")]
    [InlineData("", "no alert has an expression")]
    [InlineData("up == 0", "'up == 0' still gave a result")]
    public async Task What_it_cannot_prove_it_denies(string expression, string reason)
    {
        await using var server = await PrometheusServer.StartAsync(Cancel);
        await PinAsync(quietMinutes: 0.1);
        var asked = await AskAsync(server.Url, expression);
        asked.ExitCode.ShouldBe(1, asked.ToString());
        asked.Output.ShouldContain(reason);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", "cannot be asked")]
    [InlineData("file:///etc/passwd", "no Prometheus is configured")]
    public async Task Without_a_server_it_denies(string url, string reason)
    {
        await PinAsync(quietMinutes: 5);
        var asked = await AskAsync(url, "up == 0");
        asked.ExitCode.ShouldBe(1, asked.ToString());
        asked.Output.ShouldContain(reason);
    }

    private async Task PinAsync(double quietMinutes)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "gates"));
        var shipped = await File.ReadAllTextAsync(Path.Combine(OpsBotProgram.Repository(), "deploy", "gates", "expression-quiet.py"), Cancel);
        var edited = shipped.Replace("QUIET_MINUTES = 5\n", string.Create(CultureInfo.InvariantCulture, $"QUIET_MINUTES = {quietMinutes}\n"), StringComparison.Ordinal);
        _folder.Write("gates/expression-quiet.py", edited);
        _folder.Write("opsbot.yaml", "gates: { folder: gates }\n");
        var pinned = await OpsBotProgram.RunAsync(_folder, Cancel, "gates", "pin", "--config", "opsbot.yaml");
        pinned.ExitCode.ShouldBe(0, pinned.ToString());
    }

    private async Task<Finished> AskAsync(string url, string expression)
    {
        var question = _folder.Write("question.json", JsonSerializer.Serialize(new
        {
            alerts = new[] { new { expression = expression.Length == 0 ? null : expression }, new { expression = (string?)null } },
            prometheus = new { url },
        }));
        return await OpsBotProgram.RunAsync(_folder, Cancel, "gates", "run", "expression-quiet.py", "--question", question, "--config", "opsbot.yaml");
    }
}
