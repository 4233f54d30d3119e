using System.Text.RegularExpressions;

namespace OpsBot.Runtime.Redaction;

/// <summary>Secrets that are known by their own look. Matching is linear in the text: no pattern backtracks.</summary>
internal static class TokenPatterns
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly (string Kind, Regex Pattern)[] Patterns =
    [
        ("jwt", new(@"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{2,}(\.[A-Za-z0-9_-]*){0,3}", Linear, Limit)),
        ("token", new(
            @"\b(gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|gl(pat|ptt|dt|rt|agent|soat|cbt)-[A-Za-z0-9_.-]{16,}|xox[abceoprs](\.xox[abp])?-[A-Za-z0-9-]{8,}" +
            @"|xapp-[A-Za-z0-9-]{8,}|sk-[A-Za-z0-9_-]{16,}|[srp]k_(live|test)_[A-Za-z0-9]{8,}|whsec_[A-Za-z0-9+/=]{16,}|(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}" +
            @"|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{16,}|GOCSPX-[A-Za-z0-9_-]{16,}|npm_[A-Za-z0-9]{20,}|pypi-[A-Za-z0-9_-]{20,}|do[opr]_v1_[a-f0-9]{32,}" +
            @"|hf_[A-Za-z0-9]{16,}|SG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|shp(at|ca|pa|ss)_[A-Fa-f0-9]{16,}|hv[sbr]\.[A-Za-z0-9_-]{16,}|gls[ac]_[A-Za-z0-9+/=_]{16,}|glc_[A-Za-z0-9+/=]{16,}" +
            @"|dckr_(pat|oat)_[A-Za-z0-9_-]{16,}|key-[a-f0-9]{32}|NRAK-[A-Z0-9]{20,}|PMAK-[A-Za-z0-9-]{20,}|lin_api_[A-Za-z0-9]{20,}|sntr[yu]s_[A-Za-z0-9+/=_-]{20,}|rubygems_[a-f0-9]{32,}" +
            @"|dapi[a-f0-9]{32}|dt0[a-z][0-9]{2}\.[A-Z0-9]{20,}(\.[A-Z0-9]{20,})?|EAA[A-Za-z0-9]{30,}|sq0[a-z]{3}-[A-Za-z0-9_-]{20,}|nvapi-[A-Za-z0-9_-]{20,}|gsk_[A-Za-z0-9]{20,}|AGE-SECRET-KEY-1[A-Z0-9]{20,})", Linear, Limit)),
        ("bearer", new(@"\b[Bb][Ee][Aa][Rr][Ee][Rr]\s{1,8}[A-Za-z0-9._~+/=-]{8,}", Linear, Limit)),
        ("webhook", new(
            @"hooks\.slack(-gov)?\.com/(services|workflows|triggers|commands|actions|app)/[A-Za-z0-9/_-]{8,}|discord(app)?\.com/api/webhooks/[0-9]+/[A-Za-z0-9_-]+|webhook\.office\.com/[A-Za-z0-9/@_-]{8,}" +
            @"|api\.telegram\.org/bot[0-9]+:[A-Za-z0-9_-]+", Linear, Limit)),
    ];

    private static readonly Regex Email = new(@"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}\b", Linear, Limit);

    public static void Find(ReadOnlySpan<char> text, bool emails, List<Finding> findings)
    {
        foreach (var (kind, pattern) in Patterns) Find(pattern, kind, text, findings);
        if (emails && text.Contains('@')) Find(Email, "email", text, findings);
    }

    private static void Find(Regex pattern, string kind, ReadOnlySpan<char> text, List<Finding> findings)
    {
        foreach (var match in pattern.EnumerateMatches(text)) findings.Add(new Finding(match.Index, match.Index + match.Length, kind));
    }
}
