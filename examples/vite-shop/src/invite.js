const BROWSING = 20_000;
const HESITATING = 30_000;

/**
 * Invites visitors to a chat, once a page: who has been looking around for 20 seconds with nothing in the basket, and who
 * has not touched a basket with something in it for 30 seconds.
 */
export function invite(basket) {
  let timer;
  const start = (sdk) => {
    sdk.setContextProvider(() => ({
      Basket: { value: basket.items.join(", ") || "empty", isDisplayable: true },
    }));
    const wait = () => {
      clearTimeout(timer);
      const filled = basket.items.length > 0;
      const message = filled ? "Is something unclear about your order?" : "Can we help you choose a tree?";
      timer = setTimeout(() => {
        basket.removeEventListener("change", wait);
        sdk.startProactiveChat({ message }, false);
      }, filled ? HESITATING : BROWSING);
    };
    basket.addEventListener("change", wait);
    wait();
  };

  // The widget may have been ready before this module ran.
  const sdk = () => window.Microsoft?.Omnichannel?.LiveChatWidget?.SDK;
  if (sdk()) {
    start(sdk());
  } else {
    window.addEventListener("lcw:ready", () => start(sdk()), { once: true });
  }
}
