using FsCheck;
using FsCheck.Fluent;
using OpsBot.Evidence.Prometheus;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Prometheus;

public sealed class PromExpressionTests
{
    [Theory]
    [InlineData("up == 0", "up")]
    [InlineData("rate(x{code=~\"5..\"}[5m]) > 0.1 and y < 3", "rate(x{code=~\"5..\"}[5m])|y")]
    [InlineData("(a / b) >= bool 0.5", "a / b")]
    [InlineData("((a > 1) or (b > 2)) unless on (job) c == 1", "a|b|c")]
    [InlineData("x{a=\"b>c and d\"} != 4", "x{a=\"b>c and d\"}")]
    [InlineData("time() - last > 300", "time() - last")]
    [InlineData("a > on(job) group_left(x) b", "a|b")]
    [InlineData("histogram_quantile(0.99, sum by (le) (rate(h_bucket[5m]))) > 1e-1", "histogram_quantile(0.99, sum by (le) (rate(h_bucket[5m])))")]
    [InlineData("android > 3", "android")]
    [InlineData("0.5 < x", "x")]
    [InlineData("x", "x")]
    [InlineData("", "")]
    public void The_operands_of_an_alert_are_what_it_compares(string expression, string operands) =>
        string.Join('|', PromExpression.Operands(expression)).ShouldBe(operands);

    [Fact]
    public void A_hostile_value_stays_inside_its_string()
    {
        var facts = Some.Facts("a\"} or vector(1) #\\", labels: [("pod", "x.*|y")]);
        PromExpression.Fill("up{job=\"{service}\"}", facts, out _).ShouldBe("up{job=\"a\\\"} or vector(1) #\\\\\"}");
        PromExpression.Fill("up{pod=~\"{label.pod}-.*\"}", facts, out _).ShouldBe("up{pod=~\"x\\\\.\\\\*\\\\|y-.*\"}");
        PromExpression.Fill("sum by (job) (rate(x{a=\"{b}\"}[5m]))", facts, out _).ShouldBe("sum by (job) (rate(x{a=\"{b}\"}[5m]))");
    }

    [Fact]
    public void A_placeholder_outside_quotes_is_refused_and_one_without_value_is_named()
    {
        Should.Throw<FormatException>(() => PromExpression.Fill("{service}", Some.Facts(), out _));
        Should.Throw<FormatException>(() => PromExpression.Fill("up{job=`{service}`}", Some.Facts("a`b"), out _));
        PromExpression.Fill("up{job=\"{label.none}\"}", Some.Facts(), out var missing).ShouldBeNull();
        missing.ShouldBe("label.none");
    }

    [Fact]
    public void Any_value_and_any_expression_is_survived()
    {
        Prop.ForAll<NonNull<string>>(value =>
        {
            if (PromExpression.Fill("x{a=\"{service}\"}", Some.Facts(value.Get), out _) is not { } query) return true;

            // the only quotes that are not escaped are the two that were there
            var inner = query[5..^2];
            for (var i = 0; i < inner.Length; i++)
            {
                if (inner[i] == '"') return false;
                if (inner[i] == '\\' && ++i == inner.Length) return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();
        var pieces = new[] { "(", ")", "{", "}", "[", "]", "\"", "'", "`", "\\", " and ", " or ", ">", "<", "==", "a", "1", " ", "on(", "bool " };
        Prop.ForAll(Gen.Elements(pieces).ListOf().Select(p => string.Concat(p)).ToArbitrary(), text => PromExpression.Operands(text).Count <= 20)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }
}
