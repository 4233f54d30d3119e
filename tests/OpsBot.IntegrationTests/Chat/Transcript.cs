using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using OpsBot.IntegrationTests.Support;
using Xunit;

namespace OpsBot.IntegrationTests.Chat;

/// <summary>What somebody reads at one place of a chat.</summary>
/// <param name="Id">As the surface names it; an edited message keeps it.</param>
/// <param name="Who">Whose it is to see: <c>all</c>, or the one person.</param>
/// <param name="Kind"><c>card</c>, <c>reply</c> or <c>answer</c>.</param>
/// <param name="Text">What is read.</param>
/// <param name="Buttons">Labels of what can be pressed.</param>
internal sealed record Seen(string Id, string Who, string Kind, string Text, IReadOnlyList<string> Buttons);

/// <summary>
/// An incident as it was played in a chat, step by step: what a person did, and what was new or edited once all that follows from it had come to rest. The same
/// for every surface; times, lengths and ids that a run happens to have are written as words.
/// </summary>
/// <param name="look">Everything that stands now, in any order.</param>
/// <param name="isAtRest">Nothing more follows from what was done.</param>
internal sealed partial class Transcript(Func<IReadOnlyList<Seen>> look, Func<bool> isAtRest)
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>Takes down what came of a step, after the surface has been still for a moment.</summary>
    /// <param name="deed">What was done, for people: <c>Anna says: why</c>.</param>
    public async Task StepAsync(string deed, CancellationToken cancellationToken)
    {
        var (still, last) = (0, "");
        await OpsBotProgram.UntilAsync(
            () =>
            {
                var now = string.Join('\n', look().Select(Words));
                still = isAtRest() && now == last ? still + 1 : 0;
                last = now;
                return Task.FromResult(still >= 6 ? "still" : null);
            },
            $"the chat to come to rest after '{deed}'", cancellationToken);
        _text.Append(CultureInfo.InvariantCulture, $"## {deed}\n\n");
        // messages of one moment have no order that every run has
        foreach (var seen in look().Where(IsNews).OrderBy(seen => seen.Kind, StringComparer.Ordinal).ThenBy(Words, StringComparer.Ordinal).ToList())
        {
            var edited = _known.ContainsKey(seen.Id);
            _known[seen.Id] = Words(seen);
            _text.Append(CultureInfo.InvariantCulture, $"{seen.Kind}{(edited ? ", edited" : "")}{(seen.Who == "all" ? "" : $", only {seen.Who} sees it")}\n");
            foreach (var line in Words(seen).Split('\n'))
                _text.Append("  | ").Append(line.TrimEnd()).Append('\n');
            _text.Append('\n');
        }
    }

    /// <summary>Holds it against <c>Approved/{name}.txt</c> beside the test; OPSBOT_APPROVE=1 writes it there.</summary>
    public void Check(string name, [CallerFilePath] string here = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(here)!, "Approved", $"{name}.txt");
        var text = _text.ToString().TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("OPSBOT_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        var approved = File.Exists(file) ? File.ReadAllText(file) : "";
        var differs = text.Split('\n').Zip(approved.Split('\n')).FirstOrDefault(lines => lines.First != lines.Second);
        Assert.True(text == approved, $"It is not what is approved in {file}, first in '{differs.First}' where '{differs.Second}' was; OPSBOT_APPROVE=1 writes the new text there. It is now:\n{text}");
    }

    private bool IsNews(Seen seen) => !_known.TryGetValue(seen.Id, out var known) || known != Words(seen);

    private static string Words(Seen seen)
    {
        var text = Utc().Replace(seen.Text.ReplaceLineEndings("\n"), "<time>");
        text = Clock().Replace(text, "<clock>");
        text = Length().Replace(text, "<length>");
        text = Hash().Replace(text, "<hash>");
        text = Folder().Replace(text, "<folder>");
        return seen.Buttons.Count == 0 ? text : $"{text}\n[{string.Join("] [", seen.Buttons)}]";
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z)?")]
    private static partial Regex Utc();

    [GeneratedRegex(@"(?<!\d)\d\d:\d\d(:\d\d)?(?!\d)")]
    private static partial Regex Clock();

    [GeneratedRegex(@"\b(\d+ (d|h|min) )?\d+(\.\d+)? (s|ms|min)\b")]
    private static partial Regex Length();

    [GeneratedRegex(@"/tmp/opsbot-proof-\w+")]
    private static partial Regex Folder();

    [GeneratedRegex(@"\b[0-9a-f]{12,64}\b")]
    private static partial Regex Hash();
}
