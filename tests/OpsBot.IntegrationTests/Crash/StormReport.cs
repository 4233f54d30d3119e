using OpsBot.IntegrationTests.Support;
using Xunit;

namespace OpsBot.IntegrationTests.Crash;

/// <summary>What a storm left, counted.</summary>
internal static class StormReport
{
    public static void Write(ITestOutputHelper output, StoreFile store, Storm storm, RetryingSender sender)
    {
        output.WriteLine(
            $"{storm.All.Count()} deliveries about {storm.Expected.Count} alerts in {sender.Posts} posts: {sender.Failed} without an answer, {sender.Again} sent again on purpose");
        foreach (var (what, sql) in new[]
        {
            ("message rows", "select count(*) from messages"),
            ("of them from outside", "select count(*) from messages where delivery_key is not null"),
            ("attempts", "select sum(attempts) from messages"),
            ("abandoned by a kill", "select sum(abandoned) from messages"),
            ("failed attempts", "select sum(attempts - abandoned - case when handled_at is null then 0 else 1 end) from messages"),
            ("events counted in alerts", "select sum(json_extract(state, '$.count')) from incident_alerts"),
            ("alerts", "select count(*) from incident_alerts"),
            ("joins", "select count(*) from incident_joins"),
            ("incidents", "select count(*) from incidents"),
            ("threads", "select count(*) from threads"),
            ("replies", "select count(*) from thread_replies"),
            ("diagnoses", "select count(*) from diagnoses"),
            ("dead rows", "select count(*) from messages where dead_at is not null"),
        })
        {
            output.WriteLine($"{store.Count(sql),6} {what}");
        }
    }
}
