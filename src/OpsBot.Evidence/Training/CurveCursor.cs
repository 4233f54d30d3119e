using System.Text.Json;
using OpsBot.Contracts;

namespace OpsBot.Evidence.Training;

/// <summary>Cursors as text.</summary>
internal static class CurveCursor
{
    /// <summary>What was written by <see cref="Write"/>; null for none, and for one of another kind of source, which begins anew.</summary>
    public static T? Read<T>(string? cursor)
        where T : class
    {
        try
        {
            return string.IsNullOrEmpty(cursor) ? null : JsonSerializer.Deserialize<T>(cursor, OpsBotJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string Write<T>(T cursor) => JsonSerializer.Serialize(cursor, OpsBotJson.Options);
}
