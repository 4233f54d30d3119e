using System.Net;
using Microsoft.AspNetCore.Http;
using OpsBot.Chat.Teams.Outgoing;

namespace OpsBot.Chat.Teams.Incoming;

/// <summary>
/// Who may speak without a token: a program on this machine. The listener is on loopback already; this keeps out what reaches loopback from elsewhere,
/// a page in a browser here (Origin, other host names) and a proxy in front of us.
/// </summary>
internal static class LoopbackCheck
{
    private static readonly string[] Proxies = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    /// <exception cref="RefusedException">It is not one.</exception>
    public static void Check(HttpContext http)
    {
        if (!IsLoopback(http.Connection.RemoteIpAddress) || !IsLoopback(http.Connection.LocalIpAddress))
            throw new RefusedException("teams.insecure is on, and it is not from this machine");
        if (!ServiceUrlList.IsLoopbackHost(http.Request.Host.Host)) throw new RefusedException("teams.insecure is on, and it asks for another host");
        if (http.Request.Headers.ContainsKey("Origin")) throw new RefusedException("teams.insecure is on, and it is from a page in a browser");
        if (Array.Exists(Proxies, http.Request.Headers.ContainsKey)) throw new RefusedException("teams.insecure is on, and it came through a proxy");
    }

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);
}
