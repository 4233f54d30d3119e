using System.ComponentModel.DataAnnotations;

namespace OpsBot.Actions.People;

// people:
//   - id: ada
//     name: Ada Lovelace
//     roles: [oncall, sre]
//     token: sha256:…                 # from 'opsbot people token'; or !file with that line
//     identities: { slack: [U024BE7LH], teams: [29:1a2b…], email: [ada@example.com] }

/// <summary>Who may decide and change things. Nobody else can, wherever they ask.</summary>
public sealed class PeopleOptions : List<PersonOptions>
{
    public const string Section = "people";
}

/// <summary>One person.</summary>
public sealed class PersonOptions
{
    /// <summary>Lower-case letters, digits, <c>-</c>, <c>_</c>, <c>.</c>; begins with a letter. Stands in approvals and the audit for ever.</summary>
    [Required, MaxLength(50), RegularExpression("[a-z][a-z0-9._-]*", ErrorMessage = "must be lower-case letters, digits, '-', '_' and '.', beginning with a letter")]
    public string Id { get; set; } = "";

    /// <summary>As shown. Default: the id.</summary>
    [MaxLength(100)]
    public string? Name { get; set; }

    /// <summary>What the person may decide: the names that an action's <c>approval.roles</c> ask for.</summary>
    [MaxLength(50)]
    public List<string> Roles { get; set; } = [];

    /// <summary>Hash of the personal token, as <c>opsbot people token</c> prints it. Without one the person can only act through chat.</summary>
    public string? Token { get; set; }

    /// <summary>Surface (<c>slack</c>, <c>teams</c>) → ids by which it knows the person; <c>email</c> → addresses that a surface's own directory may give for them.</summary>
    [MaxLength(10)]
    public Dictionary<string, List<string>> Identities { get; set; } = [];
}
