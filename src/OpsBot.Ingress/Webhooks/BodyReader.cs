using System.IO.Compression;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OpsBot.Ingress.Webhooks;

/// <summary>Gets a request's body into memory: as it came, for the signature, and decompressed, for the reader.</summary>
internal sealed class BodyReader(BodyBudget budget)
{
    public Task<BodyBuffer> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        // the server's own limit may be lower than this sender's; ours is counted below
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = limit + 1L;
        return BodyBuffer.ReadAsync(request.Body, limit, request.ContentLength, budget, cancellationToken);
    }

    /// <summary>The body without its content coding; null where it has none.</summary>
    public async Task<BodyBuffer?> InflateAsync(
        string? coding, ReadOnlyMemory<byte> body, int limit, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(coding) || coding.Trim().Equals("identity", StringComparison.OrdinalIgnoreCase))
            return null;
        if (!coding.Trim().Equals("gzip", StringComparison.OrdinalIgnoreCase))
            throw new TurnedAwayException(StatusCodes.Status415UnsupportedMediaType, "Content-Encoding must be gzip or absent.");
        try
        {
            await using var stream = new GZipStream(Stream(body), CompressionMode.Decompress);
            return await BodyBuffer.ReadAsync(stream, limit, expected: null, budget, cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw new TurnedAwayException(StatusCodes.Status400BadRequest, "The body is not gzip, though Content-Encoding says so.");
        }
    }

    private static MemoryStream Stream(ReadOnlyMemory<byte> body) => MemoryMarshal.TryGetArray(body, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(body.ToArray(), writable: false);
}
