using System.Text;

namespace OpsBot.Evidence.Commands;

/// <summary>Fills the placeholders of an argument vector. A value can neither become an option nor a second argument nor a path out of where it stands.</summary>
internal static class CommandLineTemplate
{
    private const int MaxValue = 253;

    /// <param name="missing">The placeholder that the incident has no value for.</param>
    /// <returns>The arguments; null where a value is missing.</returns>
    /// <exception cref="FormatException">A value has characters that names do not have, or the program itself is a placeholder.</exception>
    public static IReadOnlyList<string>? Fill(IReadOnlyList<string> run, IncidentFacts facts, out string? missing)
    {
        missing = null;
        var arguments = new List<string>(run.Count);
        foreach (var template in run)
        {
            var argument = new StringBuilder();
            for (var i = 0; i < template.Length; i++)
            {
                if (!Placeholders.TryRead(template.AsSpan(i), out var name, out var length))
                {
                    argument.Append(template[i]);
                    continue;
                }

                if (arguments.Count == 0) throw new FormatException($"The program '{template}' must be named outright, without '{{{name}}}'.");
                if (Placeholders.ValueOf(name, facts) is not { } value)
                {
                    missing = name;
                    return null;
                }

                if (!IsName(value)) throw new FormatException($"The incident's {name} is not a plain name (letters, digits, '.', '_', ':', '-', at most {MaxValue}), so the command was not run.");
                argument.Append(value);
                i += length - 1;
            }

            arguments.Add(argument.ToString());
        }

        return arguments;
    }

    /// <summary>The command as people write it, each argument quoted where that is needed.</summary>
    public static string Display(IReadOnlyList<string> arguments) =>
        string.Join(' ', arguments.Select(a => a.Length > 0 && a.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,@%+".Contains(c, StringComparison.Ordinal)) ? a : $"'{a.Replace("'", "'\\''", StringComparison.Ordinal)}'"));

    private static bool IsName(string value) =>
        value.Length <= MaxValue && char.IsAsciiLetterOrDigit(value[0]) && !value.Contains("..", StringComparison.Ordinal) &&
        value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-');
}
