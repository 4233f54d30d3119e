using System.Globalization;

namespace OpsBot.Evidence.Files;

/// <summary>
/// Reads the time of a log line: ISO 8601 and its relatives, access logs, syslog, klog, Apache's error log, Unix seconds and milliseconds.
/// </summary>
/// <param name="utcOffset">Of times that state none.</param>
/// <param name="near">The year of times that state none is the one nearest to this instant.</param>
internal sealed class LogTimestamp(TimeSpan utcOffset, DateTimeOffset near)
{
    private const int LookAhead = 96;
    private const string Months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private readonly long _offsetMs = (long)utcOffset.TotalMilliseconds;

    /// <summary>Finds the first time within the first 96 characters, or anywhere in brackets for an access log.</summary>
    /// <param name="start">Where the time begins.</param>
    /// <param name="end">Where it ends.</param>
    public bool TryFind(ReadOnlySpan<char> line, out long ms, out int start, out int end)
    {
        var limit = Math.Min(line.Length, LookAhead);
        for (start = 0; start < limit; start++)
        {
            if (start > 0 && (char.IsAsciiLetterOrDigit(line[start - 1]) || line[start - 1] is '.' or '-' or '/' or ':')) continue;
            if (TryParse(line[start..], out ms, out var length) && (length >= 15 || start == 0 || line[start - 1] is '=' or '[' or ':'))
            {
                end = start + length;
                return true;
            }
        }

        ms = 0;
        start = end = 0;
        return false;
    }

    /// <summary>Reads a time at the very beginning of a text.</summary>
    public bool TryParse(ReadOnlySpan<char> text, out long ms, out int length)
    {
        ms = 0;
        length = 0;
        if (text.Length < 10) return false;
        var c = text[0];
        if (char.IsAsciiDigit(c))
        {
            return TryIso(text, out ms, out length) || TryAccess(text, out ms, out length) || TryEpoch(text, out ms, out length);
        }

        return (c is 'I' or 'W' or 'E' or 'F' && TryKlog(text, out ms, out length)) || (char.IsAsciiLetterUpper(c) && TryMonthName(text, out ms, out length));
    }

    /// <summary>Seconds or milliseconds since 1970, told apart by their size; also micro- and nanoseconds.</summary>
    public static bool TryEpoch(double value, out long ms)
    {
        var scaled = value switch
        {
            >= 1e8 and < 1e10 => value * 1000,
            >= 1e11 and < 1e13 => value,
            >= 1e14 and < 1e16 => value / 1e3,
            >= 1e17 and < 1e19 => value / 1e6,
            _ => double.NaN,
        };
        ms = double.IsNaN(scaled) ? 0 : (long)Math.Round(scaled);
        return ms > 0;
    }

    private bool TryIso(ReadOnlySpan<char> t, out long ms, out int length)
    {
        ms = 0;
        length = 0;
        if (t.Length < 19 || t[4] is not ('-' or '/' or '.') || t[7] != t[4] || t[10] is not ('T' or 't' or ' ' or '_' or ':')) return false;
        if (!Digits(t[..4], out var year) || !Digits(t[5..7], out var month) || !Digits(t[8..10], out var day)) return false;
        return TryClock(t, 11, year, month, day, out ms, out length);
    }

    /// <summary><c>11/Mar/2026:10:00:00 +0000</c></summary>
    private bool TryAccess(ReadOnlySpan<char> t, out long ms, out int length)
    {
        ms = 0;
        length = 0;
        if (t.Length < 20 || t[2] is not ('/' or '-') || t[6] != t[2] || t[11] is not (':' or ' ')) return false;
        var month = Month(t[3..6]);
        return month > 0 && Digits(t[..2], out var day) && Digits(t[7..11], out var year) && TryClock(t, 12, year, month, day, out ms, out length);
    }

    private static bool TryEpoch(ReadOnlySpan<char> t, out long ms, out int length)
    {
        ms = 0;
        length = 0;
        var digits = 0;
        while (digits < t.Length && char.IsAsciiDigit(t[digits])) digits++;
        if (digits is not (10 or 13)) return false;
        length = digits;
        if (digits == 10 && length + 1 < t.Length && t[length] == '.' && char.IsAsciiDigit(t[length + 1]))
        {
            length++;
            while (length < t.Length && char.IsAsciiDigit(t[length])) length++;
        }

        return (length == t.Length || !char.IsAsciiLetterOrDigit(t[length])) &&
            double.TryParse(t[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && TryEpoch(value, out ms);
    }

    /// <summary><c>E0311 10:00:00.123456</c></summary>
    private bool TryKlog(ReadOnlySpan<char> t, out long ms, out int length)
    {
        ms = 0;
        length = 0;
        if (t.Length < 14 || t[5] != ' ' || !Digits(t[1..3], out var month) || !Digits(t[3..5], out var day)) return false;
        return TryYearless(t, 6, month, day, out ms, out length);
    }

    /// <summary><c>Mar  1 10:00:00</c>, <c>Sun Mar 01 10:00:00.5 2026</c></summary>
    private bool TryMonthName(ReadOnlySpan<char> t, out long ms, out int length)
    {
        ms = 0;
        length = 0;
        var at = 0;
        var month = Month(t[..3]);
        if (month == 0)
        {
            if (t[3] is not (' ' or ',') || t.Length < 19) return false;
            at = t[3] == ',' ? 5 : 4;
            month = Month(t[at..(at + 3)]);
            if (month == 0) return false;
        }

        at += 3;
        while (at < t.Length && t[at] == ' ') at++;
        var digits = at;
        while (digits < t.Length && char.IsAsciiDigit(t[digits])) digits++;
        if (digits - at is not (1 or 2) || digits >= t.Length || t[digits] != ' ' || !Digits(t[at..digits], out var day)) return false;
        at = digits + 1;
        if (at + 5 < t.Length && t[at + 4] == ' ' && Digits(t[at..(at + 4)], out var year)) return TryClock(t, at + 5, year, month, day, out ms, out length);
        if (!TryYearless(t, at, month, day, out ms, out length)) return false;
        if (length + 5 <= t.Length && t[length] == ' ' && Digits(t[(length + 1)..(length + 5)], out year) && year is > 1970 and < 2200 &&
            TryClock(t, at, year, month, day, out var exact, out _))
        {
            ms = exact;
            length += 5;
        }

        return true;
    }

    private bool TryYearless(ReadOnlySpan<char> t, int at, int month, int day, out long ms, out int length)
    {
        ms = 0;
        length = 0;
        var best = long.MaxValue;
        for (var year = near.Year - 1; year <= near.Year + 1; year++)
        {
            if (!TryClock(t, at, year, month, day, out var candidate, out length)) continue;
            var distance = Math.Abs(candidate - near.ToUnixTimeMilliseconds());
            if (distance >= best) continue;
            best = distance;
            ms = candidate;
        }

        // 29 February is not in every year, so the length is taken from whichever year fitted
        return best != long.MaxValue && TryClock(t, at, DateTimeOffset.FromUnixTimeMilliseconds(ms + _offsetMs).Year, month, day, out _, out length);
    }

    private bool TryClock(ReadOnlySpan<char> t, int at, int year, int month, int day, out long ms, out int length)
    {
        ms = 0;
        length = 0;
        if (at + 8 > t.Length || t[at + 2] != ':' || t[at + 5] != ':') return false;
        if (!Digits(t[at..(at + 2)], out var hour) || !Digits(t[(at + 3)..(at + 5)], out var minute) || !Digits(t[(at + 6)..(at + 8)], out var second)) return false;
        if (year < 1970 || month is < 1 or > 12 || day < 1 || hour > 23 || minute > 59 || second > 60 || day > DateTime.DaysInMonth(year, month)) return false;
        length = at + 8;
        double fraction = 0, scale = 100;
        if (length + 1 < t.Length && t[length] is '.' or ',' or ':' && char.IsAsciiDigit(t[length + 1]))
        {
            for (length++; length < t.Length && char.IsAsciiDigit(t[length]); length++, scale /= 10) fraction += (t[length] - '0') * scale;
        }

        var days = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks;
        ms = days / TimeSpan.TicksPerMillisecond + ((hour * 60 + minute) * 60 + Math.Min(second, 59)) * 1000L + (long)fraction;
        ms -= Zone(t, ref length) ?? _offsetMs;
        return true;
    }

    private static long? Zone(ReadOnlySpan<char> t, ref int at)
    {
        if (at < t.Length && t[at] is 'Z' or 'z')
        {
            at++;
            return 0;
        }

        var sign = at < t.Length && t[at] == ' ' ? at + 1 : at;
        if (sign + 5 > t.Length || t[sign] is not ('+' or '-') || !Digits(t[(sign + 1)..(sign + 3)], out var hours)) return null;
        var colon = t[sign + 3] == ':' ? 1 : 0;
        if (sign + 5 + colon > t.Length || !Digits(t[(sign + 3 + colon)..(sign + 5 + colon)], out var minutes) || hours > 14 || minutes > 59) return null;
        at = sign + 5 + colon;
        return (t[sign] == '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000L;
    }

    private static int Month(ReadOnlySpan<char> name)
    {
        var at = Months.AsSpan().IndexOf(name, StringComparison.Ordinal);
        return at >= 0 && at % 3 == 0 ? at / 3 + 1 : 0;
    }

    private static bool Digits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            value = value * 10 + c - '0';
        }

        return true;
    }
}
