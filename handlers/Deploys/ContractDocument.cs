using System.Text;
using OpsBot.Contracts.Events;
using OpsBot.Signals.ApiDiff;

namespace OpsBot.Handlers.Deploys;

/// <summary>What an event holds of a document, as bytes.</summary>
internal static class ContractDocument
{
    public static byte[]? Of(ReportedContract told)
    {
        if (told.Document is not { } text)
            return null;
        // descriptors are no text, and JSON has nothing else for them; what is no base64 is refused when it is read
        var bytes = new byte[text.Length];
        return IsBinary(told) && Convert.TryFromBase64String(text.Trim(), bytes, out var length) ? bytes[..length] : Encoding.UTF8.GetBytes(text);
    }

    /// <summary>It is said to be protobuf, or nothing is said and it begins as a descriptor set does in base64.</summary>
    private static bool IsBinary(ReportedContract told)
    {
        if (told.Format is null)
            return told.Document!.StartsWith('C') && !told.Document.AsSpan().ContainsAny("{}:# ");
        try
        {
            return ApiFormats.Named(told.Format) == ApiFormat.Protobuf;
        }
        catch (UnreadableApiException)
        {
            return false;
        }
    }
}
