using System.Text.Json;
using OpsBot.Host.Configuration;

namespace OpsBot.Tests.Host.Configuration;

public sealed class ConfigReportTests
{
    private static readonly ConfigProblem Problem = new("opsbot.yaml", 12, "unknown key 'x'");

    [Fact]
    public void Problems_go_to_standard_error_and_make_the_input_unusable()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        ConfigReport.Write(OpsBotConfiguration.Parse(""), [Problem], json: false, output, error).ShouldBe(2);
        output.ToString().ShouldBeEmpty();
        error.ToString().ShouldStartWith("opsbot.yaml:12: unknown key 'x'" + Environment.NewLine + "1 problem");
    }

    [Fact]
    public void A_good_file_is_said_to_be_fine()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        ConfigReport.Write(OpsBotConfiguration.Parse(""), [], json: false, output, error).ShouldBe(0);
        output.ToString().Trim().ShouldBe("opsbot.yaml: fine");
        error.ToString().ShouldBeEmpty();
    }

    [Fact]
    public void A_program_gets_one_object()
    {
        using var output = new StringWriter();
        ConfigReport.Write(OpsBotConfiguration.Parse(""), [Problem], json: true, output, TextWriter.Null).ShouldBe(2);
        var answer = JsonDocument.Parse(output.ToString()).RootElement;
        answer.GetProperty("ok").GetBoolean().ShouldBeFalse();
        answer.GetProperty("problems")[0].GetProperty("line").GetInt32().ShouldBe(12);
    }
}
