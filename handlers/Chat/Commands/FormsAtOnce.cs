using OpsBot.Actions.Catalog;
using OpsBot.Actions.People;
using OpsBot.Chat.Commands;
using OpsBot.Chat.Manners;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Events;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Looks whether what somebody says is an action with arguments missing. Only people get a form: whom nobody named is told so by the answer.</summary>
public sealed class FormsAtOnce(IPeople people, IActionCatalog catalog, ChatManners manners, IRedactor redactor) : IFormsAtOnce
{
    public AnswerForm? Find(ChatReceived said) =>
        said.Choice is null
        && CommandParser.Parse(said.Text) is ChatCommand.Known { Word.Word: "run" } run
        && AnswerChat.PersonOf(people, said.Surface, said.Speaker) is not null
        && manners.Forbidden(said.Place) is null
        && RunCommand.Questions(run, catalog) is { } questions
            ? AnswerForms.Of(questions, redactor)
            : null;
}
