using OpsBot.Chat.Slack.Incoming;

namespace OpsBot.Tests.Chat.Slack;

/// <summary>How senders say in a channel that something fires or is over, and what only sounds like it.</summary>
public sealed class AlertMarksTests
{
    [Theory]
    // Alertmanager and Grafana
    [InlineData("[FIRING:2] HighErrorRate checkout (prod)", "[RESOLVED] HighErrorRate checkout (prod)")]
    [InlineData("[Alerting] p99 of checkout", "[OK] p99 of checkout")]
    [InlineData("[prod] [FIRING:1] disk full", "[prod] [RESOLVED:1] disk full")]
    // Datadog
    [InlineData("Triggered: [P1] CPU high on {host:web-1}", "Recovered: [P1] CPU high on {host:web-1}")]
    [InlineData("[Triggered] CPU high", "[Recovered] CPU high")]
    [InlineData("Re-Triggered: CPU high", "Recovered: CPU high")]
    [InlineData("Warn: CPU high", "Recovered: CPU high")]
    // PagerDuty
    [InlineData("Triggered #1234: disk full on db-1", "Resolved #1234: disk full on db-1")]
    [InlineData("*Triggered* | disk full", ":white_check_mark: *Resolved* | disk full")]
    // Nagios, Icinga, Zabbix, CloudWatch, Uptime Kuma, Pingdom
    [InlineData("** PROBLEM Service Alert: web/http **", "** RECOVERY Service Alert: web/http **")]
    [InlineData("CRITICAL: disk full on db-1", "OK: disk full on db-1")]
    [InlineData("CRITICAL - disk full on db-1", "OK - disk full on db-1")]
    [InlineData("Problem: disk full", "Resolved in 5m 2s: disk full")]
    [InlineData(":rotating_light: CloudWatch Alarm | cpu | us-east-1", ":white_check_mark: CloudWatch Alarm | cpu | us-east-1")]
    [InlineData("[shop] [🔴 Down] connect refused", "[shop] [✅ Up] connect refused")]
    [InlineData("web-1 is down", "web-1 is UP")]
    [InlineData("web-1 is down", "web-1 is back up.")]
    // in words
    [InlineData(":fire: *Alert:* disk full on db-1", ":white_check_mark: disk full on db-1 recovered")]
    [InlineData("disk full on db-1", "disk full on db-1 has been resolved.")]
    [InlineData("disk full on db-1", "disk full on db-1 (resolved)")]
    [InlineData("disk full on db-1", "disk full on db-1: RESOLVED")]
    public void What_fires_and_what_is_over_are_told_apart_and_are_one_alert(string firing, string over)
    {
        AlertMarks.Of(over).State.ShouldBe(true);
        (AlertMarks.Of(firing).State ?? false).ShouldBeFalse();
        Words(AlertMarks.Of(over)).ShouldBe(Words(AlertMarks.Of(firing)));
    }

    [Theory]
    [InlineData("DNS names are not resolved")]
    [InlineData("Resolved addresses of db-1 differ")]
    [InlineData("names cannot be resolved")]
    [InlineData("Circuit breaker closed unexpectedly")]
    [InlineData("Connection closed by peer on db-1")]
    [InlineData("Valve 3 is closed")]
    [InlineData("HTTP check does not return 200 OK")]
    [InlineData("responses are OK but slow")]
    [InlineData("Ok-http client errors rise")]
    [InlineData("no recovery point since Monday")]
    [InlineData("Recovery of replica db-2 fails")]
    [InlineData("error rate is up")]
    [InlineData("nothing has recovered since the deploy")]
    [InlineData("replica db-2 has not recovered")]
    [InlineData("failover of db-2 failed and has not been resolved")]
    [InlineData("no replica recovered")]
    [InlineData("[FIRING:1] tickets resolved by nobody")]
    [InlineData("[FIRING:1] replica has not recovered")]
    [InlineData("Triggered: cache cleared too often")]
    [InlineData(":fire: backups that nobody has cleared")]
    [InlineData("DNS resolved: no")]
    [InlineData("disk full, previous incident resolved")]
    [InlineData("[runbook] [owner: ok] disk full")]
    public void Words_within_a_title_end_nothing(string title) => (AlertMarks.Of(title).State ?? false).ShouldBeFalse();

    [Fact]
    public void Titles_that_differ_in_such_words_are_different_alerts()
    {
        Words(AlertMarks.Of("Valve closed early")).ShouldNotBe(Words(AlertMarks.Of("Valve opened early")));
        Words(AlertMarks.Of("[prod] [FIRING] disk")).ShouldNotBe(Words(AlertMarks.Of("[test] [FIRING] disk")));
    }

    [Fact]
    public void A_line_of_any_length_and_any_nesting_is_read_at_once()
    {
        foreach (var line in (string[])[new string('[', 8_000), new string('*', 8_000) + "x", string.Concat(Enumerable.Repeat("[OK] ", 1_600)), string.Concat(Enumerable.Repeat("resolved in 1 ", 500)), new string(' ', 8_000) + "recovered"])
        {
            var begun = TimeProvider.System.GetTimestamp();
            AlertMarks.Of(line);
            TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(2));
        }
    }

    private static string Words(AlertMarks marks) => string.Join(' ', marks.Bare.Split([' ', '*', '|', '.', ':', ',', '_'], StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
}
