using System.Text;
using OpsBot.Chat.Cards;

namespace OpsBot.Chat.Teams.Cards;

/// <summary>
/// What a phone shows of a card before anybody opens it: the summary of its activity. Clients may read it as Markdown or make links of it, so a title
/// from outside keeps its words here and loses everything that could mean more.
/// </summary>
internal static class Notification
{
    private const int Longest = 120;
    private const string Kept = " .,:;-'%";

    public static string Of(StatusCard card) => $"{card.Name} {Wording.Word(card.Severity)}, {card.State}: {Inert(card.Title.Value)}";

    public static string OfReply(long incident) => $"OpsBot on {Contracts.Incidents.Names.Incident(incident)}";

    /// <summary>Letters, digits and plain punctuation. No name of a host is left whole: a dot before a letter is followed by a space.</summary>
    internal static string Inert(string text)
    {
        var inert = new StringBuilder(Math.Min(text.Length, Longest));
        foreach (var c in text)
        {
            if (inert.Length >= Longest) break;
            var plain = char.IsLetterOrDigit(c) || Kept.Contains(c, StringComparison.Ordinal) ? c : ' ';
            if (plain == ' ' && (inert.Length == 0 || inert[^1] == ' ')) continue;
            if (char.IsLetter(plain) && inert.Length > 0 && inert[^1] == '.') inert.Append(' ');
            // a dash that begins a line, or a number with a dot, would be a list
            if (inert.Length == 0 && !char.IsLetter(plain)) continue;
            inert.Append(plain);
        }

        return inert.ToString().TrimEnd();
    }
}
