using Microsoft.Extensions.Options;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Tests.Support;

internal static partial class Some
{
    public static IRedactor Redactor(KnownSecrets? known = null, bool emails = false) =>
        new Redactor(known ?? new KnownSecrets(), Options.Create(new RedactionOptions { Emails = emails }));
}
