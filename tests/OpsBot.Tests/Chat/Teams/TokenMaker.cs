using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>A key that signs as the Bot Connector does, and tokens made by hand: nothing here shares code with what checks them.</summary>
internal sealed class TokenMaker(string kid, int bits = 2048) : IDisposable
{
    public RSA Rsa { get; } = RSA.Create(bits);

    public string Kid => kid;

    /// <summary>As the key document publishes it.</summary>
    public JsonObject Jwk(params string[] endorsements)
    {
        var key = Rsa.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["kid"] = kid,
            ["n"] = Base64Url.EncodeToString(key.Modulus),
            ["e"] = Base64Url.EncodeToString(key.Exponent),
            ["endorsements"] = new JsonArray([.. endorsements.Select(name => (JsonNode)name)]),
        };
    }

    public static JsonObject Claims(DateTimeOffset now) => new()
    {
        ["serviceurl"] = TeamsSide.ServiceUrl,
        ["iss"] = "https://api.botframework.com",
        ["aud"] = TeamsSide.AppId,
        ["nbf"] = now.AddMinutes(-1).ToUnixTimeSeconds(),
        ["exp"] = now.AddMinutes(59).ToUnixTimeSeconds(),
    };

    public string Token(JsonObject claims, JsonObject? header = null) => Sign(
        header ?? Header("RS256"), claims, data => Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public JsonObject Header(string algorithm) => new() { ["alg"] = algorithm, ["kid"] = kid, ["typ"] = "JWT" };

    public static string Sign(JsonObject header, JsonObject claims, Func<byte[], byte[]> signer)
    {
        var signed = $"{Part(header)}.{Part(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(signer(Encoding.ASCII.GetBytes(signed)))}";
    }

    public void Dispose() => Rsa.Dispose();

    private static string Part(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
