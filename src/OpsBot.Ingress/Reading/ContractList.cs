using OpsBot.Contracts.Events;

namespace OpsBot.Ingress.Reading;

/// <summary>
/// The API descriptions of a change: <c>contract</c> is one, <c>contracts</c> a list; each <c>{name, format, document, link}</c> or a link by itself. What is in a document
/// costs no event, nor does one that is too large: that is said on the change later.
/// </summary>
internal static class ContractList
{
    /// <exception cref="UnreadableException">One of them is something else.</exception>
    public static IReadOnlyList<ReportedContract> Of(JsonView data)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return [.. new[] { data["contract"] }.Concat(data["contracts"].Items()).Where(told => told.Exists).Take(Bounds.Contracts).Select(One).Where(each => names.Add(each.Name))];
    }

    /// <summary>The same of what is free to hold anything: what is something else is none.</summary>
    public static IReadOnlyList<ReportedContract> Within(JsonView payload)
    {
        try
        {
            return Of(payload);
        }
        catch (UnreadableException)
        {
            return [];
        }
    }

    /// <summary>A text that is an address, or a document.</summary>
    public static ReportedContract? Of(string? text, string? format) => string.IsNullOrWhiteSpace(text)
        ? null
        : IsLink(text) ? new ReportedContract("", format, null, text.Trim()) : new ReportedContract("", format, Fitting(text), null);

    private static ReportedContract One(JsonView told)
    {
        if (told.IsText)
            return Of(told.Text(Bounds.Contract + 1), null) ?? throw told.Missing();
        if (!told.IsObject)
            throw told.Wrong("is neither an API description nor a link to one");
        var (document, link) = (told["document"], told["link"]);
        if (!document.Exists && !link.Exists)
            throw told.Wrong("has neither a document nor a link");
        return new ReportedContract(
            told["name"].Key()?.Trim() ?? "", told["format"].Text(),
            document.IsObject || document.IsArray ? Fitting(document.Raw) : Fitting(document.Text(Bounds.Contract + 1)),
            link.Text(Bounds.Url + 1) is { Length: <= Bounds.Url } address ? address : null);
    }

    // a piece of a document is none
    private static string? Fitting(string? document) => document is { Length: <= Bounds.Contract } ? document : null;

    private static bool IsLink(string text) =>
        text.Length <= Bounds.Url && Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);
}
