namespace OpsBot.Signals.ApiDiff;

/// <summary>Who is let in: every way that was enough before must still be.</summary>
internal static class AccessRules
{
    public static void Compare(ApiOperation old, ApiOperation now, ApiPath path, ChangeList found)
    {
        if (now.Access.Count == 0)
        {
            return;
        }

        var wanted = string.Join(" or ", now.Access.Select(next => next.Shown));
        if (old.Access.Count == 0)
        {
            // many descriptions leave out what a gateway in front has asked for all along
            if (now.Access.All(next => next.Schemes.Count > 0))
            {
                found.Maybe("access-stated", path.To("security"), wanted, "says now that it lets callers in only with {}", old.Words);
            }

            return;
        }

        foreach (var was in old.Access)
        {
            var near = now.Access.Where(next => next.AsksForNoMoreThan(was)).ToList();
            if (near.Count == 0)
            {
                found.Breaking("access-narrowed", path.To("security"), was.Shown, $"lets nobody in any more with {{}}, but with {wanted}", old.Words);
            }
            else if (near.TrueForAll(next => next.ScopesBeyond(was).Any()))
            {
                // tokens often have more scopes than one operation needs
                foreach (var scope in near[0].ScopesBeyond(was))
                {
                    found.Maybe("scope-required", path.To("security"), scope, "asks for the scope {}");
                }
            }
        }
    }
}
