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
            var end = nextEnd.After(text, start);
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
        private bool _none;

        /// <summary>How far behind <paramref name="start"/> it stands; −1 where it stands nowhere behind.</summary>
        public int After(ReadOnlySpan<char> text, int start)
        {
            if (!_none && _at < start)
            {
                var found = text[start..].IndexOf(word);
                _none = found < 0;
                _at = start + found;
            }

            return _none ? -1 : _at - start;
        }
    }
}
