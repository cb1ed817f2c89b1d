// Stands in for Node.js' crypto, which packages ask for and then do not use in a browser.
export default {};
