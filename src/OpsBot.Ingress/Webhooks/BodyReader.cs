using System.IO.Compression;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OpsBot.Ingress.Webhooks;

/// <summary>Gets a request's body into memory: as it came, for the signature, and decompressed, for the reader.</summary>
internal sealed class BodyReader(BodyBudget budget)
{
    public Task<BodyBuffer> ReadAsync(Sender sender, HttpRequest request, CancellationToken cancellationToken)
    {
        // the server's own limit may be lower than this sender's; ours is counted below
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = sender.MaxBytes + 1L;
        return BodyBuffer.ReadAsync(request.Body, sender.MaxBytes, request.ContentLength, budget.Of(sender.Source), cancellationToken);
    }

    /// <summary>The body without its content coding; null where it has none.</summary>
    public async Task<BodyBuffer?> InflateAsync(
        Sender sender, string? coding, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(coding) || coding.Trim().Equals("identity", StringComparison.OrdinalIgnoreCase))
            return null;
        if (!coding.Trim().Equals("gzip", StringComparison.OrdinalIgnoreCase))
            throw new TurnedAwayException(StatusCodes.Status415UnsupportedMediaType, "Content-Encoding must be gzip or absent.");
        try
        {
            await using var stream = new GZipStream(Stream(body), CompressionMode.Decompress);
            return await BodyBuffer.ReadAsync(stream, sender.MaxBytes, expected: null, budget.Of(sender.Source), cancellationToken);
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
