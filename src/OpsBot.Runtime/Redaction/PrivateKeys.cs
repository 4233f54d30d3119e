namespace OpsBot.Runtime.Redaction;

/// <summary>PEM private keys, whole or cut off, with real or escaped line ends.</summary>
internal static class PrivateKeys
{
    public static void Find(ReadOnlySpan<char> text, List<Finding> findings)
    {
        // looked for once each, not once a header: a text of nothing but headers must not cost their number squared
        var nextEnd = new Next("-----END ");
        for (var from = 0; from < text.Length;)
        {
            var begin = text[from..].IndexOf("-----BEGIN ");
            if (begin < 0) return;
            begin += from;
            from = begin + 11;
            var label = text[from..Math.Min(text.Length, from + 60)];
            var dashes = label.IndexOf("-----");
            if (dashes < 0 || label[..dashes].IndexOf("PRIVATE KEY") < 0) continue;
            var start = from + dashes + 5;
            var body = text[start..];
            var end = nextEnd.From(text, start) - start;
            var next = body.IndexOf("-----BEGIN ");
            if (end < 0 || (next >= 0 && next < end))
            {
                // the end was cut off: all that could be of the key goes
                end = next >= 0 ? next : body.Length;
                findings.Add(new Finding(begin, from + dashes + 5 + end, "private-key"));
            }
            else
            {
                var close = body[(end + 9)..].IndexOf("-----");
                end = close is >= 0 and < 60 ? end + 9 + close + 5 : end + 9;
                findings.Add(new Finding(begin, from + dashes + 5 + end, "private-key"));
            }

            from = findings[^1].End;
        }
    }

    /// <summary>Finds the next place of a word for starts that only grow.</summary>
    private struct Next(string word)
    {
        private int _at = -1;

        /// <summary>Index at or after <paramref name="start"/>; below it where there is none.</summary>
        public int From(ReadOnlySpan<char> text, int start)
        {
            if (_at == int.MinValue || _at >= start) return _at;
            var found = text[start..].IndexOf(word);
            return _at = found < 0 ? int.MinValue : start + found;
        }
    }
}
