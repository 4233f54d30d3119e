using OpsBot.Contracts.Events;

namespace OpsBot.Ingress.Reading;

/// <summary>
/// The API descriptions of a change: <c>contract</c> is one, <c>contracts</c> a list; each <c>{name, format, document, link}</c> or a link by itself. They are beside the
/// point of the event, so whatever does not fit costs no event: it is left out here, or said on the change later.
/// </summary>
internal static class ContractList
{
    public static IReadOnlyList<ReportedContract> Of(JsonView data)
    {
        if (!data.IsObject)
            return [];
        var list = data["contracts"];
        var names = new HashSet<string>(StringComparer.Ordinal);
        return [.. new[] { data["contract"] }.Concat(list.IsArray ? list.Items() : []).Take(Bounds.Contracts).Select(One).OfType<ReportedContract>().Where(each => names.Add(each.Name))];
    }

    /// <summary>A text that is an address, or a document.</summary>
    public static ReportedContract? Of(string? text, string? format) => string.IsNullOrWhiteSpace(text)
        ? null
        : IsLink(text) ? new ReportedContract("", format, null, text.Trim()) : new ReportedContract("", format, Fitting(text), null);

    private static ReportedContract? One(JsonView told)
    {
        if (told.IsText)
            return Of(told.Text(Bounds.Contract + 1), null);
        if (!told.IsObject)
            return null;
        var (document, link) = (told["document"], told["link"].IsText ? told["link"] : told["url"]);
        return new ReportedContract(
            Words(told["name"]) ?? "", Words(told["format"]),
            document.IsText ? Fitting(document.Text(Bounds.Contract + 1)) : document.IsObject || document.IsArray ? Fitting(document.Raw) : null,
            link.IsText && link.Text(Bounds.Url + 1) is { Length: <= Bounds.Url } address ? address : null);
    }

    private static string? Words(JsonView value) => value.IsText && value.Text() is { } text ? Bounds.Key(text.Trim()) : null;

    // a piece of a document is none
    private static string? Fitting(string? document) => document is { Length: <= Bounds.Contract } ? document : null;

    private static bool IsLink(string text) =>
        text.Length <= Bounds.Url && Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);
}
