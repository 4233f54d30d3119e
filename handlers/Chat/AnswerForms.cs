using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Messages;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Handlers.Chat;

/// <summary>Questions as surfaces show them: cleaned, bounded, without secrets.</summary>
internal static class AnswerForms
{
    public static AnswerForm Of(AnswerQuestions questions, IRedactor redactor) => new(
        Line(questions.Title, redactor), questions.Command,
        [.. questions.Fields.Select(field => new AnswerField(field.Name, Line(field.Help, redactor), field.Required, field.Value, field.Choices))]);

    private static PlainText Line(string text, IRedactor redactor) => PlainText.Line(redactor.Redact(text), CardLimits.Excerpt);
}
