using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OpsBot.Chat.Teams.Wire;

namespace OpsBot.Chat.Teams.Incoming;

/// <summary>Reads an activity from a request: at most so many bytes, within so much time.</summary>
internal static class ActivityBody
{
    /// <summary>Teams' own limit of a message is about 28 KB, of an invoke with its inputs not much more.</summary>
    public const int MaxBytes = 256 * 1024;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <exception cref="BadActivityException">It is too large, too slow, or no activity.</exception>
    public static async Task<Activity> ReadAsync(HttpRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType()) throw new BadActivityException(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json.");
        if (request.ContentLength > MaxBytes) throw TooLarge();
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var body = new byte[(int)Math.Min((request.ContentLength ?? MaxBytes) + 1, MaxBytes + 1)];
            var length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, either.Token);
            if (length > MaxBytes) throw TooLarge();
            var activity = JsonSerializer.Deserialize<Activity>(body.AsSpan(0, length), WireJson.Options)
                ?? throw new BadActivityException(StatusCodes.Status400BadRequest, "The body is no activity.");
            if (activity.Value is { } value && !IsText(value))
                throw new BadActivityException(StatusCodes.Status400BadRequest, "The value of the activity holds half of a character.");
            return activity;
        }
        catch (Exception wrong) when (wrong is JsonException or NotSupportedException)
        {
            throw new BadActivityException(StatusCodes.Status400BadRequest, "The body is no activity.");
        }
        catch (BadHttpRequestException bad)
        {
            throw new BadActivityException(bad.StatusCode, "The body could not be read to its end.");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new BadActivityException(StatusCodes.Status408RequestTimeout, $"The body took longer than {Deadline.TotalSeconds:0} s.");
        }
    }

    /// <summary>False where a text of it cannot be read. What a button carries comes from somebody's client and is read late, when it is too late to say no.</summary>
    private static bool IsText(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Object => value.EnumerateObject().All(member => member.Name is not null && IsText(member.Value)),
                JsonValueKind.Array => value.EnumerateArray().All(IsText),
                JsonValueKind.String => value.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static BadActivityException TooLarge() => new(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {MaxBytes >> 10} KiB.");
}

/// <summary>Something that is no activity.</summary>
internal sealed class BadActivityException(int status, string reason) : Exception(reason)
{
    public int Status { get; } = status;
}
