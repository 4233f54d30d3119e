using OpsBot.Contracts.Ports;
using OpsBot.Evidence.Training.Mlflow;
using OpsBot.Runtime.Redaction;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Training;

public sealed class MlflowCurveTests
{
    [Fact]
    public async Task Histories_are_read_page_by_page_and_each_value_once()
    {
        var server = new StandInMlflow();
        var looks = Looks(server);
        for (var step = 1; step <= 7; step++)
            server.Log("loss", step, 10.0 - step);
        (await looks.Next("loss")).ShouldBe("1:9 2:8 3:7 4:6 5:5 6:4 7:3");

        server.Asked.Clear();
        (await looks.Next("loss")).ShouldBe("");
        looks.Last.State.ShouldBe(CurveReadingState.NoData);
        server.Asked.ShouldHaveSingleItem().ShouldContain("runs/get");

        server.Log("loss", 8, 2.0);
        server.Log("loss", 9, 1.0);
        server.Log("loss", 10, 0.5);
        server.Asked.Clear();
        (await looks.Next("loss")).ShouldBe("8:2 9:1 10:0.5");
        server.Asked.Count(asked => asked.Contains("get-history", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Metrics_of_one_step_are_one_point_and_a_step_that_was_logged_twice_is_two()
    {
        var server = new StandInMlflow();
        server.Log("loss", 1, 3.0);
        server.Log("val/auc", 1, 0.5);
        server.Log("loss", 1, 2.0);
        var looks = Looks(server);

        (await looks.Next("loss")).ShouldBe("1:3 1:2");
        looks.Last.Points[0].Values.ShouldBe(new Dictionary<string, double> { ["loss"] = 3, ["val/auc"] = 0.5 }, ignoreOrder: true);
        looks.Last.Points[0].At.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));
    }

    [Fact]
    public async Task What_is_not_finite_comes_as_text_and_is_a_value()
    {
        var server = new StandInMlflow();
        server.Log("loss", 1, "NaN");
        server.Log("loss", 2, "Infinity");

        (await Looks(server).Next("loss")).ShouldBe("1:NaN 2:Infinity");
    }

    [Fact]
    public async Task A_run_that_is_not_known_is_absent()
    {
        var looks = Looks(new StandInMlflow(), run: "other");

        await looks.Next("loss");

        looks.Last.State.ShouldBe(CurveReadingState.Absent);
    }

    [Fact]
    public async Task A_wrong_token_is_said_without_the_token()
    {
        var looks = Looks(new StandInMlflow { Token = "right" }, options: new() { Bearer = "wrong-token-of-mine" });

        await looks.Next("loss");

        looks.Last.State.ShouldBe(CurveReadingState.Failed);
        looks.Last.Note.ShouldNotBeNull().ShouldContain("401");
        looks.Last.Note!.ShouldNotContain("wrong-token-of-mine");
    }

    [Fact]
    public async Task The_token_is_sent()
    {
        var server = new StandInMlflow { Token = "right" };
        server.Log("loss", 1, 3.0);

        (await Looks(server, options: new() { Bearer = "right" }).Next("loss")).ShouldBe("1:3");
    }

    [Fact]
    public async Task Only_the_metrics_that_are_asked_for_are_read()
    {
        var server = new StandInMlflow();
        server.Log("loss", 1, 3.0);
        server.Log("system/gpu", 1, 3.0);
        var looks = Looks(server, options: new() { Metrics = ["loss"] });

        await looks.Next("loss");

        looks.Last.Points.ShouldHaveSingleItem().Values.Keys.ShouldBe(["loss"]);
    }

    private static Looks Looks(StandInMlflow server, string run = StandInMlflow.Run, MlflowOptions? options = null)
    {
        options ??= new MlflowOptions();
        options.Url = "http://mlflow.example:5000";
        var known = new KnownSecrets();
        return new Looks(() => new MlflowCurve(options, run, server, Some.Secrets(known), known, Some.Redactor(known), TimeProvider.System));
    }
}
