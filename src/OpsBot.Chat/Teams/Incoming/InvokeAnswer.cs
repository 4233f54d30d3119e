using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using OpsBot.Chat.Teams.Wire;

namespace OpsBot.Chat.Teams.Incoming;

/// <summary>What the client of whoever pressed a button is told at once.</summary>
/// <param name="Type">One of the constants below.</param>
internal sealed record InvokeAnswer([property: JsonPropertyName("statusCode")] int StatusCode, string Type, object Value)
{
    private const string MessageType = "application/vnd.microsoft.activity.message";
    private const string CardType = "application/vnd.microsoft.card.adaptive";
    private const string ErrorType = "application/vnd.microsoft.error";

    /// <summary>A line that only the presser sees.</summary>
    public static InvokeAnswer Message(string text) => new(StatusCodes.Status200OK, MessageType, text);

    /// <summary>A card that replaces the one with the button, for the presser only.</summary>
    public static InvokeAnswer Card(object card) => new(StatusCodes.Status200OK, CardType, card);

    public static InvokeAnswer Error(string code, string message) => new(StatusCodes.Status400BadRequest, ErrorType, new ErrorBody(code, message));
}
