using System.ComponentModel.DataAnnotations;

namespace OpsBot.Actions.Catalog;

// stage:
//   address: e2e@stage.example         # no password can be typed: a key, or an agent's socket is no help to a service
//   port: 22
//   identity: /etc/opsbot/stage-key
//   knownHosts: /etc/opsbot/known_hosts

/// <summary>A machine that is reached over ssh. Its key must be known already: nobody is there to be asked.</summary>
public sealed class ActionHostOptions
{
    /// <summary><c>user@host</c>, or only the host.</summary>
    [Required, RegularExpression(@"^([A-Za-z0-9_][A-Za-z0-9_.-]{0,60}@)?[A-Za-z0-9_\[][A-Za-z0-9_.:\]-]{0,250}$", ErrorMessage = "must be host or user@host, without blanks and options")]
    public string Address { get; set; } = "";

    [Range(1, 65535)]
    public int Port { get; set; } = 22;

    /// <summary>File with the private key. Default: those that ssh looks for by itself.</summary>
    [RegularExpression(@"^/[^\s\""'%$~]{1,400}$", ErrorMessage = "must be an absolute path without blanks, quotes, % , $ and ~")]
    public string? Identity { get; set; }

    /// <summary>File with the host's public key. Default: that of the account, and the machine's.</summary>
    [RegularExpression(@"^/[^\s\""'%$~]{1,400}$", ErrorMessage = "must be an absolute path without blanks, quotes, % , $ and ~")]
    public string? KnownHosts { get; set; }
}

/// <summary>What is worth a word before a long command has ended.</summary>
public sealed class FollowOptions
{
    /// <summary>Patterns without look-arounds and back-references: a line that fits one is shown in the thread, and at the end again. At most five times while it works.</summary>
    [MaxLength(20)]
    public List<string> Lines { get; set; } = [];

    /// <summary>So long without a line is said. Default: never.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "12:00:00")]
    public TimeSpan? Silence { get; set; }
}
