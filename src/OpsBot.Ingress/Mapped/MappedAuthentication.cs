using OpsBot.Ingress.Authentication;

namespace OpsBot.Ingress.Mapped;

/// <summary>Makes the proof that a mapped sender is to give, of the kinds that every sender uses.</summary>
internal static class MappedAuthentication
{
    public static IAuthentication Of(MappedSenderOptions options)
    {
        if (options.Signature is { } signature)
        {
            var hash = signature.Algorithm == SignatureAlgorithm.Sha512 ? BodyHash.Sha512 : BodyHash.Sha256;
            var scheme = new SignatureScheme(signature.Header, signature.Prefix, hash, signature.Encoding == SignatureEncoding.Base64);
            return new HmacSignature(scheme, signature.Secrets, options.Insecure);
        }

        var accepted = new List<IAuthentication>();
        if (options.Bearer is not null || options.Basic is not null)
            accepted.Add(new TokenAuthentication(options));
        if (options.Header is { } header)
            accepted.Add(new NamedToken(header.Name, header.Token, InQuery: false));
        if (options.Query is { } query)
            accepted.Add(new NamedToken(query.Name, query.Token, InQuery: true));
        return accepted.Count == 0 ? new TokenAuthentication(options) : new AnyOf(accepted);
    }
}
