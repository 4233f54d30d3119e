using OpsBot.Contracts.Apis;

namespace OpsBot.Signals.ApiDiff;

/// <summary>
/// Operations over HTTP: what is called, what is sent with it, what comes back, who is let in. Where the service is the one that calls, it writes what is sent.
/// </summary>
internal sealed class OperationRules(ChangeList found)
{
    private readonly TypeRules _types = new(found);

    public void Compare(ApiDescription before, ApiDescription after)
    {
        foreach (var (key, old) in before.Operations)
        {
            var path = ApiPath.Root.To(old.Name);
            if (after.Operations.TryGetValue(key, out var now))
            {
                Parameters(old, now, path);
                Requests(old, now, path);
                Responses(old, now, path);
                AccessRules.Compare(old, now, path, found);
            }
            else
            {
                found.Breaking(
                    "operation-removed", path, old.Name, old.IsCalledByService ? "no longer calls {}" : "removed {}", old.Words, Renamed(old, before, after));
            }
        }
    }

    /// <summary>An operation of the same method that is new, and alone in that.</summary>
    private static string? Renamed(ApiOperation old, ApiDescription before, ApiDescription after)
    {
        var method = old.Name.Split(' ')[0] + " ";
        var fresh = after.Operations.Where(each => !before.Operations.ContainsKey(each.Key) && each.Key.StartsWith(method, StringComparison.Ordinal)).Take(2).ToList();
        var gone = before.Operations.Where(each => !after.Operations.ContainsKey(each.Key) && each.Key.StartsWith(method, StringComparison.Ordinal)).Take(2).Count();
        return fresh is [var only] && gone == 1 ? $"perhaps renamed to {only.Value.Name}" : null;
    }

    private void Parameters(ApiOperation old, ApiOperation now, ApiPath path)
    {
        foreach (var (key, was) in old.Parameters)
        {
            if (!now.Parameters.TryGetValue(key, out var next))
            {
                found.Add(
                    old.IsCalledByService && was.Required ? ApiChangeSeverity.Breaking : ApiChangeSeverity.Maybe,
                    "parameter-removed", path.To(key), was.Name, "removed the parameter {}");
                continue;
            }

            if (next.Required && !was.Required && !old.IsCalledByService)
            {
                found.Breaking("became-required", path.To(key), was.Name, "made the parameter {} required");
            }

            _types.Compare(was.Type, next.Type, SentBy(old), path.To(key), was.Name);
        }

        foreach (var (key, next) in now.Parameters.Where(each => each.Value.Required && !old.IsCalledByService && !old.Parameters.ContainsKey(each.Key)))
        {
            found.Breaking("parameter-required", path.To(key), next.Name, "added the required parameter {}");
        }
    }

    private void Requests(ApiOperation old, ApiOperation now, ApiPath path)
    {
        path = path.To("request");
        if (now.RequestRequired && !old.RequestRequired && !old.IsCalledByService)
        {
            found.Breaking("became-required", path, "body", "made the body of the request required", []);
        }

        if (old.Requests.Count > 0 && now.Requests.Count == 0)
        {
            if (old.IsCalledByService)
            {
                found.Breaking("request-removed", path, "body", "sends no body any more", old.Words);
            }
            else
            {
                found.Maybe("request-removed", path, "body", "takes no body of the request any more", []);
            }

            return;
        }

        Media(old.Requests, now.Requests, SentBy(old), path);
    }

    private void Responses(ApiOperation old, ApiOperation now, ApiPath path)
    {
        foreach (var (status, was) in old.Responses)
        {
            var here = path.To(status);
            if (now.Responses.TryGetValue(status, out var next))
            {
                Media(was, next, old.IsCalledByService ? ApiDirection.Request : ApiDirection.Response, here);
                Headers(old, now, status, here);
            }
            else if (status.StartsWith('2') && !now.Responses.ContainsKey("2XX") && !now.Responses.ContainsKey("default"))
            {
                found.Breaking("response-removed", here, status, Gone(old), old.Words);
            }
            else
            {
                found.Maybe("response-removed", here, status, Gone(old), old.Words);
            }
        }

        static string Gone(ApiOperation old) => old.IsCalledByService ? "no longer takes the answer {}" : "no longer answers {}";
    }

    private void Headers(ApiOperation old, ApiOperation now, string status, ApiPath path)
    {
        if (old.IsCalledByService)
        {
            return; // what the one that is called adds to its answer is its own
        }

        var next = now.ResponseHeaders.GetValueOrDefault(status);
        foreach (var (key, was) in old.ResponseHeaders.GetValueOrDefault(status) ?? [])
        {
            var here = path.To($"header {key}");
            if (next is not null && next.TryGetValue(key, out var header))
            {
                _types.Compare(was.Type, header.Type, ApiDirection.Response, here, was.Name);
                if (was.Required && !header.Required)
                {
                    found.Maybe("became-optional", here, was.Name, "made the header {} of the answer optional");
                }
            }
            else
            {
                found.Add(was.Required ? ApiChangeSeverity.Breaking : ApiChangeSeverity.Maybe, "header-removed", here, was.Name, "removed the header {} of the answer");
            }
        }
    }

    private static ApiDirection SentBy(ApiOperation operation) => operation.IsCalledByService ? ApiDirection.Response : ApiDirection.Request;

    private void Media(Dictionary<string, ApiType> old, Dictionary<string, ApiType> now, ApiDirection direction, ApiPath path)
    {
        foreach (var (media, was) in old)
        {
            var here = old.Count == 1 && now.Count == 1 ? path : path.To(media);
            if (now.TryGetValue(media, out var next) || now.TryGetValue("*/*", out next))
            {
                _types.Compare(was, next, direction, here);
            }
            else
            {
                found.Breaking("media-type-removed", path.To(media), media, direction == ApiDirection.Request ? "no longer takes {}" : "no longer answers with {}");
            }
        }
    }
}
