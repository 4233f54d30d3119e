using System.Diagnostics;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Handlers.Chat;

/// <summary>Every call to a surface goes through here, and so is seen in traces and metrics whatever comes of it.</summary>
internal static class Posting
{
    /// <param name="what"><c>thread</c>, <c>card</c>, <c>reply</c> or <c>answer</c>.</param>
    public static async Task<SurfaceResult> CallAsync(IChatSurface surface, string what, Func<Task<SurfaceResult>> post)
    {
        var begun = Stopwatch.GetTimestamp();
        var outcome = "failed";
        using var span = TraceContext.Step("post", what, ActivityKind.Client);
        span?.SetTag("opsbot.surface", surface.Name);
        try
        {
            var result = await post();
            outcome = result switch
            {
                SurfaceResult.RetryLater => "retry_later",
                SurfaceResult.Failed => "refused",
                _ => "posted",
            };
            return result;
        }
        catch (Exception failure)
        {
            span.Failed(failure);
            throw;
        }
        finally
        {
            span?.SetTag("opsbot.outcome", outcome);
            ChatMetrics.Posts.Record(
                Stopwatch.GetElapsedTime(begun).TotalSeconds,
                Instruments.Label("surface", surface.Name), Instruments.Label("what", what), Instruments.Label("outcome", outcome));
        }
    }
}
